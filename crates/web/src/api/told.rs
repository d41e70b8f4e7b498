//! What a call takes and answers, read from the types of its handler: a description cannot say
//! something else than the code does.

use std::{future::Future, marker::PhantomData};

use axum::{
    Extension, Json,
    extract::{MatchedPath, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use super::{
    ApiError,
    once::{Forgotten, ToldOnce},
};
use crate::{
    Web,
    take::{Asked, At, Given},
};

/// What a call answers when all is well.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// JSON of this shape.
    Json(Schema),
    /// A file of this media type.
    File(&'static str),
}

/// A call, as the document describes it.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// What it answers.
    pub(crate) content: Content,
    /// Headers of the answer, and what they are for.
    pub(crate) headers: &'static [(&'static str, &'static str)],
    /// Statuses that what it takes may lead to.
    pub(crate) may: Vec<u16>,
}

/// An answer that can be described.
pub(crate) trait Shaped: IntoResponse {
    /// Headers, and what they are for.
    const HEADERS: &'static [(&'static str, &'static str)] = &[];

    /// What it holds.
    fn content(generator: &mut SchemaGenerator) -> Content;
}

impl<T: Serialize + JsonSchema> Shaped for Json<T> {
    fn content(generator: &mut SchemaGenerator) -> Content {
        Content::Json(generator.subschema_for::<T>())
    }
}

/// An answer with the mark of what it shows.
#[derive(Debug)]
pub(crate) struct Marked<T>(pub(crate) HeaderValue, pub(crate) T);

impl<T: Serialize> IntoResponse for Marked<T> {
    fn into_response(self) -> Response {
        ([(header::ETAG, self.0)], Json(self.1)).into_response()
    }
}

impl<T: Serialize + JsonSchema> Shaped for Marked<T> {
    const HEADERS: &'static [(&'static str, &'static str)] =
        &[("ETag", "Send it as If-Match: then only what was read is overwritten.")];

    fn content(generator: &mut SchemaGenerator) -> Content {
        Content::Json(generator.subschema_for::<T>())
    }
}

/// An answer of which the book keeps no secret: who repeats the call gets `kept`.
#[derive(Debug)]
pub(crate) struct TellOnce<T> {
    /// To whoever asked, and this once.
    pub(crate) told: T,
    /// The same without what opens anything.
    pub(crate) kept: T,
}

impl<T: Serialize> IntoResponse for TellOnce<T> {
    fn into_response(self) -> Response {
        let kept = serde_json::to_string(&self.kept).unwrap_or_default();
        (Extension(ToldOnce(kept)), Json(self.told)).into_response()
    }
}

impl<T: Serialize + JsonSchema> Shaped for TellOnce<T> {
    fn content(generator: &mut SchemaGenerator) -> Content {
        Content::Json(generator.subschema_for::<T>())
    }
}

/// An answer that is not kept for repeats.
#[derive(Debug)]
pub(crate) struct Unkept<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Unkept<T> {
    fn into_response(self) -> Response {
        (Extension(Forgotten), Json(self.0)).into_response()
    }
}

impl<T: Serialize + JsonSchema> Shaped for Unkept<T> {
    fn content(generator: &mut SchemaGenerator) -> Content {
        Content::Json(generator.subschema_for::<T>())
    }
}

/// A kind of file.
pub(crate) trait Kind {
    /// Its media type.
    const MEDIA: &'static str;
}

/// A table as text.
#[derive(Debug)]
pub(crate) struct Csv;

/// A workbook.
#[derive(Debug)]
pub(crate) struct Xlsx;

/// A page that is kept as one file.
#[derive(Debug)]
pub(crate) struct Html;

impl Kind for Csv {
    const MEDIA: &'static str = "text/csv";
}

impl Kind for Xlsx {
    const MEDIA: &'static str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
}

impl Kind for Html {
    const MEDIA: &'static str = "text/html";
}

/// A file, as the desk's page of the same name gives it.
#[derive(Debug)]
pub(crate) struct File<K>(Response, PhantomData<K>);

impl<K> From<Response> for File<K> {
    fn from(file: Response) -> Self {
        Self(file, PhantomData)
    }
}

impl<K> IntoResponse for File<K> {
    fn into_response(self) -> Response {
        self.0
    }
}

impl<K: Kind> Shaped for File<K> {
    fn content(_: &mut SchemaGenerator) -> Content {
        Content::File(K::MEDIA)
    }
}

/// Something that a handler takes.
pub(crate) trait Part {
    /// What it may lead to, beside what every call may answer.
    const MAY: &'static [u16] = &[];
}

impl Part for State<Web> {}
impl<T> Part for Extension<T> {}
impl Part for HeaderMap {}
impl Part for MatchedPath {}
impl<T> Part for Asked<T> {}
impl<T> Part for At<T> {
    const MAY: &'static [u16] = &[404];
}
impl<T> Part for Given<T> {
    const MAY: &'static [u16] = &[415, 422];
}

/// A handler of the API: what it takes can be told, and what it answers. `M` is as in
/// [`axum::handler::Handler`].
pub(crate) trait Told<M> {
    /// Describes it.
    fn shape(generator: &mut SchemaGenerator) -> Shape;
}

macro_rules! told {
    ($($part:ident)*) => {
        impl<F, Fut, A, M, $($part,)*> Told<(M, $($part,)*)> for F
        where
            F: Fn($($part),*) -> Fut,
            Fut: Future<Output = Result<A, ApiError>>,
            A: Shaped,
            $($part: Part,)*
        {
            fn shape(generator: &mut SchemaGenerator) -> Shape {
                Shape {
                    content: A::content(generator),
                    headers: A::HEADERS,
                    may: [$($part::MAY),*].concat(),
                }
            }
        }
    };
}

told! { P1 }
told! { P1 P2 }
told! { P1 P2 P3 }
told! { P1 P2 P3 P4 }
told! { P1 P2 P3 P4 P5 }
