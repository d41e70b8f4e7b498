//! Writing JSON straight into a buffer: a page holds a thousand orders, and building a tree for
//! each would cost more than everything else the stand-in does.

/// Writes one JSON object.
pub(super) struct Object<'a> {
    out: &'a mut Vec<u8>,
    is_first: bool,
}

impl<'a> Object<'a> {
    pub(super) fn open(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, is_first: true }
    }

    pub(super) fn close(self) {
        self.out.push(b'}');
    }

    /// The key; what is written to the buffer next is its value. Keys need no escaping.
    pub(super) fn key(&mut self, name: &str) -> &mut Vec<u8> {
        if !self.is_first {
            self.out.push(b',');
        }
        self.is_first = false;
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.out
    }

    pub(super) fn text(&mut self, name: &str, value: &str) {
        push_text(self.key(name), value);
    }

    pub(super) fn number(&mut self, name: &str, value: i64) {
        push_number(self.key(name), value);
    }

    pub(super) fn money(&mut self, name: &str, pence: i64) {
        push_fixed(self.key(name), pence, 100);
    }

    pub(super) fn decimal(&mut self, name: &str, thousandths: i64) {
        push_fixed(self.key(name), thousandths, 1000);
    }

    pub(super) fn number_or_null(&mut self, name: &str, value: Option<i64>) {
        match value {
            Some(value) => self.number(name, value),
            None => self.raw(name, "null"),
        }
    }

    pub(super) fn text_or_null(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.text(name, value),
            None => self.raw(name, "null"),
        }
    }

    /// JSON as it is.
    pub(super) fn raw(&mut self, name: &str, json: &str) {
        self.key(name).extend_from_slice(json.as_bytes());
    }

    /// A list, each element written by `write`.
    pub(super) fn list<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        write: impl FnMut(&mut Vec<u8>, T),
    ) {
        push_list(self.key(name), items, write);
    }
}

/// A list, each element written by `write`.
pub(super) fn push_list<T>(
    out: &mut Vec<u8>,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut Vec<u8>, T),
) {
    out.push(b'[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(b']');
}

/// `{"totalcount", "items"}`.
pub(super) fn envelope<T>(
    total: usize,
    items: impl IntoIterator<Item = T>,
    write: impl FnMut(&mut Vec<u8>, T),
) -> Vec<u8> {
    let mut out = Vec::with_capacity(4096);
    let mut object = Object::open(&mut out);
    object.number("totalcount", i64::try_from(total).unwrap_or(i64::MAX));
    object.list("items", items, write);
    object.close();
    out
}

pub(super) fn push_text(out: &mut Vec<u8>, text: &str) {
    let is_plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if text.bytes().all(is_plain) {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        let escaped = serde_json::Value::from(text).to_string();
        out.extend_from_slice(escaped.as_bytes());
    }
}

pub(super) fn push_number(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    push_digits(out, value.unsigned_abs(), 1);
}

/// A fixed-point number as a string: `"-12.50"` for `unit` 100.
fn push_fixed(out: &mut Vec<u8>, value: i64, unit: u64) {
    out.push(b'"');
    if value < 0 {
        out.push(b'-');
    }
    let value = value.unsigned_abs();
    push_digits(out, value / unit, 1);
    out.push(b'.');
    let places = if unit == 100 { 2 } else { 3 };
    push_digits(out, value % unit, places);
    out.push(b'"');
}

fn push_digits(out: &mut Vec<u8>, mut value: u64, least: usize) {
    let start = out.len();
    while value > 0 || out.len() - start < least {
        out.push(b'0' + u8::try_from(value % 10).unwrap_or(0));
        value /= 10;
    }
    if let Some(digits) = out.get_mut(start..) {
        digits.reverse();
    }
}
