//! What tests look at. It sees everything, also what exports do not show yet.

use super::{CREDIT, Customer, Document, ORDER, OrderWise, Totals};
use crate::lock;

impl OrderWise {
    /// All documents, in the order in which they were stored.
    pub fn documents(&self) -> Vec<Document> {
        lock(&self.state).documents.all().cloned().collect()
    }

    /// How many documents there are.
    pub fn document_count(&self) -> usize {
        lock(&self.state).documents.count()
    }

    /// Documents from a place on, at most so many.
    pub fn documents_page(&self, start: usize, limit: usize) -> Vec<Document> {
        lock(&self.state).documents.all().skip(start).take(limit).cloned().collect()
    }

    /// Looks at each document without copying it.
    pub fn for_each_document(&self, mut look: impl FnMut(&Document)) {
        lock(&self.state).documents.all().for_each(&mut look);
    }

    /// Documents with this order number or customer reference, first one first.
    pub fn documents_by_reference(&self, reference: &str) -> Vec<Document> {
        lock(&self.state).documents.by_reference(reference).cloned().collect()
    }

    /// Sums over orders and credits.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        self.for_each_document(|document| match document.order_type {
            ORDER => {
                totals.orders += 1;
                totals.orders_gross += document.gross;
                totals.orders_tax += document.tax;
            }
            CREDIT => {
                totals.credits += 1;
                totals.credits_gross += document.gross;
                totals.credits_tax += document.tax;
            }
            _ => {}
        });
        totals
    }

    /// All customers, by id.
    pub fn customers(&self) -> Vec<Customer> {
        lock(&self.state).customers.by_id.values().cloned().collect()
    }
}
