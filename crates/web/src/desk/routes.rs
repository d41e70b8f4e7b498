//! The table of routes: each with the one right that it needs.

use axum::{
    Router,
    handler::Handler,
    middleware::from_fn_with_state,
    routing::{MethodRouter, get, post},
};
use daybook_domain::access::Right;
use schemars::SchemaGenerator;

use crate::{
    Web,
    access::gate,
    api::{About, Shape, Told},
};

/// A route as tests and documents see it.
#[derive(Debug, Clone, Copy)]
pub struct RouteLine {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// With its parameters, as `/entries/{reference}`.
    pub path: &'static str,
    /// What it needs.
    pub right: Right,
    /// What is documented of it, where it is a call of the API.
    pub about: Option<About>,
    /// What such a call takes and answers, told by its handler.
    pub(crate) shape: Option<fn(&mut SchemaGenerator) -> Shape>,
}

/// Routes under construction, and the table of them. There is no other way to add a page.
#[derive(Default)]
pub(crate) struct Routes {
    router: Router<Web>,
    table: Vec<RouteLine>,
}

impl Routes {
    /// What is read.
    pub(crate) fn page<H, T>(self, path: &'static str, right: Right, handler: H) -> Self
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        self.add(line("GET", path, right, None), get(handler))
    }

    /// What changes something.
    pub(crate) fn act<H, T>(self, path: &'static str, right: Right, handler: H) -> Self
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        self.add(line("POST", path, right, None), post(handler))
    }

    /// A list to take away, under both of its endings.
    pub(crate) fn file<H, T>(self, paths: [&'static str; 2], right: Right, handler: H) -> Self
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        let [csv, xlsx] = paths;
        self.page(csv, right, handler.clone()).page(xlsx, right, handler)
    }

    /// A read of the API.
    pub(crate) fn call<H, T>(self, path: &'static str, right: Right, about: About, h: H) -> Self
    where
        H: Handler<T, Web> + Told<T>,
        T: 'static,
    {
        let line = RouteLine { shape: Some(H::shape), ..line("GET", path, right, Some(about)) };
        self.add(line, get(h))
    }

    /// A write of the API.
    pub(crate) fn deed<H, T>(self, path: &'static str, right: Right, about: About, h: H) -> Self
    where
        H: Handler<T, Web> + Told<T>,
        T: 'static,
    {
        let line = RouteLine { shape: Some(H::shape), ..line("POST", path, right, Some(about)) };
        self.add(line, post(h))
    }

    /// Adds the routes of another part.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.table.extend(other.table);
        Self { router: self.router.merge(other.router), table: self.table }
    }

    fn add(mut self, line: RouteLine, route: MethodRouter<Web>) -> Self {
        self.table.push(line);
        let route = route.route_layer(from_fn_with_state(line.right, gate));
        Self { router: self.router.route(line.path, route), table: self.table }
    }

    /// The routes, and their table.
    pub(crate) fn done(self) -> (Router<Web>, Vec<RouteLine>) {
        (self.router, self.table)
    }
}

fn line(method: &'static str, path: &'static str, right: Right, about: Option<About>) -> RouteLine {
    RouteLine { method, path, right, about, shape: None }
}
