use std::borrow::Cow;

/// A value in JSON.
pub(in crate::report) enum Value<'a> {
    /// A number.
    Number(i128),
    /// A number in the form in which it is to stand.
    Digits(String),
    /// A text.
    Text(Cow<'a, str>),
    /// A truth value.
    Bool(bool),
    /// `null`.
    Null,
}

macro_rules! from_numbers {
    ($($number:ty),+) => {$(
        impl From<$number> for Value<'_> {
            fn from(number: $number) -> Self {
                Self::Number(number.into())
            }
        }
    )+};
}

from_numbers!(u8, u16, u32, u64, i32);

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text.into())
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

/// JSON in iproute2's layout: on one line, or pretty, where arrays open with `[ ` and stay on their line and objects
/// have a field a line.
pub(in crate::report) struct JsonWriter {
    text: String,
    depth: usize,
    pretty: bool,
    /// Something stands before in the same object or array.
    follows: bool,
}

impl JsonWriter {
    pub(in crate::report) fn new(pretty: bool) -> Self {
        Self { text: String::new(), depth: 0, pretty, follows: false }
    }

    /// The text, complete.
    pub(in crate::report) fn finish(mut self) -> String {
        self.text.push('\n');
        self.text
    }

    /// The name of the field that follows.
    pub(in crate::report) fn key(&mut self, name: &str) {
        self.separate();
        self.line();
        self.follows = false;
        self.quote(name);
        self.text.push_str(if self.pretty { ": " } else { ":" });
    }

    pub(in crate::report) fn value(&mut self, value: Value<'_>) {
        self.separate();
        match value {
            Value::Number(number) => self.text.push_str(&number.to_string()),
            Value::Digits(digits) => self.text.push_str(&digits),
            Value::Text(text) => self.quote(&text),
            Value::Bool(value) => self.text.push_str(if value { "true" } else { "false" }),
            Value::Null => self.text.push_str("null"),
        }
    }

    pub(in crate::report) fn open_object(&mut self) {
        self.open('{');
    }

    pub(in crate::report) fn close_object(&mut self) {
        self.close('}');
    }

    pub(in crate::report) fn open_array(&mut self) {
        self.open('[');
        if self.pretty {
            self.text.push(' ');
        }
    }

    pub(in crate::report) fn close_array(&mut self) {
        if self.pretty && self.follows {
            self.text.push(' ');
        }
        self.follows = false;
        self.close(']');
    }

    fn open(&mut self, bracket: char) {
        self.separate();
        self.text.push(bracket);
        self.depth += 1;
        self.follows = false;
    }

    fn close(&mut self, bracket: char) {
        self.depth -= 1;
        if self.follows {
            self.line();
        }
        self.text.push(bracket);
        self.follows = true;
    }

    fn separate(&mut self) {
        if self.follows {
            self.text.push(',');
        }
        self.follows = true;
    }

    fn line(&mut self) {
        if self.pretty {
            self.text.push('\n');
            self.text.push_str(&"    ".repeat(self.depth));
        }
    }

    /// iproute2 escapes these characters and no others.
    fn quote(&mut self, text: &str) {
        self.text.push('"');
        for c in text.chars() {
            match c {
                '\t' => self.text.push_str("\\t"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\x0c' => self.text.push_str("\\f"),
                '\x08' => self.text.push_str("\\b"),
                '\\' => self.text.push_str("\\\\"),
                '"' => self.text.push_str("\\\""),
                other => self.text.push(other),
            }
        }
        self.text.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(pretty: bool) -> String {
        let mut json = JsonWriter::new(pretty);
        json.open_array();
        json.open_object();
        json.key("name");
        json.value("a\"b".into());
        json.key("flags");
        json.open_array();
        json.value("UP".into());
        json.value(Value::Null);
        json.close_array();
        json.close_object();
        json.open_object();
        json.close_object();
        json.close_array();
        json.finish()
    }

    #[test]
    fn is_laid_out_as_iproute2_does() {
        assert_eq!(sample(false), "[{\"name\":\"a\\\"b\",\"flags\":[\"UP\",null]},{}]\n");
        let pretty = "[ {\n        \"name\": \"a\\\"b\",\n        \"flags\": [ \"UP\",null ]\n    },{} ]\n";
        assert_eq!(sample(true), pretty);
    }
}
