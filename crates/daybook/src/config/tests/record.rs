//! A deserializer that writes down which fields each struct asks for.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use serde::{
    Deserialize,
    de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor},
    forward_to_deserialize_any,
};
use toml::{Value, de::Error};

type Fields = BTreeMap<String, BTreeSet<&'static str>>;

/// The fields of `T` and of every struct in it, by dotted path.
pub(super) fn fields_of<T: for<'de> Deserialize<'de>>(value: &Value) -> Fields {
    let log = RefCell::default();
    T::deserialize(Recorder { value, path: String::new(), log: &log }).unwrap();
    log.into_inner()
}

struct Recorder<'a> {
    value: &'a Value,
    path: String,
    log: &'a RefCell<Fields>,
}

impl<'a> Recorder<'a> {
    fn map(self) -> Entries<'a> {
        let table = self.value.as_table().expect("a table");
        let rest = table.iter().collect::<Vec<_>>().into_iter();
        Entries { rest, next: None, path: self.path, log: self.log }
    }
}

impl<'de> Deserializer<'de> for Recorder<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Table(_) => visitor.visit_map(self.map()),
            Value::Array(values) => visitor.visit_seq(Elements { rest: values.iter() }),
            other => other.clone().deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.log.borrow_mut().insert(self.path.clone(), fields.iter().copied().collect());
        visitor.visit_map(self.map())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.value.clone().deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

struct Entries<'a> {
    rest: std::vec::IntoIter<(&'a String, &'a Value)>,
    next: Option<(&'a String, &'a Value)>,
    path: String,
    log: &'a RefCell<Fields>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        self.next = self.rest.next();
        let key = self.next.map(|(key, _)| de::value::StringDeserializer::new(key.clone()));
        key.map(|key| seed.deserialize(key)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let (key, value) = self.next.take().expect("a key before its value");
        let path = if self.path.is_empty() { key.clone() } else { format!("{}.{key}", self.path) };
        seed.deserialize(Recorder { value, path, log: self.log })
    }
}

struct Elements<'a> {
    rest: std::slice::Iter<'a, Value>,
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        self.rest.next().map(|value| seed.deserialize(value.clone())).transpose()
    }
}
