use std::fmt::{self, Write};

use super::json::{JsonWriter, Value};
use crate::commands::IpOptions;

/// Writes a listing as text or as JSON, whichever was asked for: what belongs to the other form is dropped.
pub(super) struct Printer {
    form: Form,
    /// What ends a line inside of an entry: `-o` joins them with backslashes.
    line_end: char,
}

enum Form {
    Text(String),
    Json(JsonWriter),
}

impl Printer {
    pub(super) fn new(options: &IpOptions) -> Self {
        let line_end = if options.oneline { '\\' } else { '\n' };
        if !options.json {
            return Self { form: Form::Text(String::new()), line_end };
        }
        let mut json = JsonWriter::new(options.pretty);
        json.open_array();
        Self { form: Form::Json(json), line_end }
    }

    pub(super) fn finish(self) -> String {
        match self.form {
            Form::Text(text) => text,
            Form::Json(mut json) => {
                json.close_array();
                json.finish()
            }
        }
    }

    pub(super) fn is_json(&self) -> bool {
        matches!(self.form, Form::Json(_))
    }

    /// A field: its name and value in JSON, or its text.
    pub(super) fn field<'a>(&mut self, key: &str, value: impl Into<Value<'a>>, text: fmt::Arguments<'_>) {
        self.json(key, value);
        self.text(text);
    }

    /// A field whose text is its name and value, `mtu 1500 `.
    pub(super) fn word<'a>(&mut self, key: &str, value: impl Into<Value<'a>> + fmt::Display) {
        match &mut self.form {
            Form::Text(text) => write_to(text, format_args!("{key} {value} ")),
            Form::Json(json) => {
                json.key(key);
                json.value(value.into());
            }
        }
    }

    /// An element of an array.
    pub(super) fn element(&mut self, value: &str, text: fmt::Arguments<'_>) {
        match &mut self.form {
            Form::Text(out) => write_to(out, text),
            Form::Json(json) => json.value(value.into()),
        }
    }

    /// In text only.
    pub(super) fn text(&mut self, text: fmt::Arguments<'_>) {
        if let Form::Text(out) = &mut self.form {
            write_to(out, text);
        }
    }

    /// In JSON only.
    pub(super) fn json<'a>(&mut self, key: &str, value: impl Into<Value<'a>>) {
        if let Form::Json(json) = &mut self.form {
            json.key(key);
            json.value(value.into());
        }
    }

    /// The end of a line inside of an entry, in text only.
    pub(super) fn line(&mut self) {
        let end = self.line_end;
        self.text(format_args!("{end}"));
    }

    /// The end of an entry, in text only.
    pub(super) fn end(&mut self) {
        self.text(format_args!("\n"));
    }

    /// An object, which is a field where it has a key; in text, only what is in it.
    pub(super) fn object(&mut self, key: Option<&str>, fields: impl FnOnce(&mut Self)) {
        if let Form::Json(json) = &mut self.form {
            if let Some(key) = key {
                json.key(key);
            }
            json.open_object();
        }
        fields(self);
        if let Form::Json(json) = &mut self.form {
            json.close_object();
        }
    }

    /// An array in a field; in text, only what is in it.
    pub(super) fn array(&mut self, key: &str, elements: impl FnOnce(&mut Self)) {
        if let Form::Json(json) = &mut self.form {
            json.key(key);
            json.open_array();
        }
        elements(self);
        if let Form::Json(json) = &mut self.form {
            json.close_array();
        }
    }
}

fn write_to(out: &mut String, text: fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a string takes all that is written to it");
}
