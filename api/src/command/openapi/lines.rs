//! JSON with a line for each thing that somebody looks at — an operation, a schema, a parameter, an event — so that a
//! diff shows which of them moved.

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};
use std::io::{self, Write};

/// The sections whose things stand two levels below: `paths` by path and method, `components` by kind and name.
const DEEPER: [&str; 2] = ["paths", "components"];

/// A document as JSON.
pub fn write(document: &impl Serialize) -> Result<String, String> {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, Lines::default());
    document.serialize(&mut serializer).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

/// Breaks lines down to the things of a section, and writes each of them in one.
#[derive(Default)]
struct Lines {
    /// How many objects and arrays are open.
    depth: usize,
    /// The member of the document that is written.
    section: String,
    /// Whether its name is being written.
    is_naming: bool,
    /// Whether the innermost that breaks lines has something in it.
    has_items: bool,
}

impl Lines {
    fn breaks(&self) -> bool {
        let deepest = if DEEPER.contains(&self.section.as_str()) { 3 } else { 2 };
        self.depth <= deepest
    }

    fn open<W: ?Sized + Write>(&mut self, writer: &mut W, sign: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.has_items = false;
        writer.write_all(sign)
    }

    fn close<W: ?Sized + Write>(&mut self, writer: &mut W, sign: &[u8]) -> io::Result<()> {
        let breaks = self.breaks() && self.has_items;
        self.depth -= 1;
        if breaks {
            self.line(writer)?;
        }
        writer.write_all(sign)
    }

    fn item<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        if self.breaks() { self.line(writer) } else { Ok(()) }
    }

    fn line<W: ?Sized + Write>(&self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| writer.write_all(b"  "))
    }
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"[")
    }
    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.close(writer, b"]")
    }
    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.item(writer, first)
    }
    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_items = true;
        Ok(())
    }
    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"{")
    }
    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.close(writer, b"}")
    }
    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if self.depth == 1 {
            self.is_naming = true;
            self.section.clear();
        }
        self.item(writer, first)
    }
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, text: &str) -> io::Result<()> {
        if self.is_naming {
            self.section.push_str(text);
        }
        CompactFormatter.write_string_fragment(writer, text)
    }
    fn end_object_key<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.is_naming = false;
        Ok(())
    }
    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(if self.breaks() { b": " } else { b":" })
    }
    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_items = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::write;
    use serde_json::json;

    #[test]
    fn each_thing_has_a_line() {
        let document = json!({
            "openapi": "3.1.0",
            "tags": [{"name": "files", "description": "附件"}],
            "paths": {"/files": {"get": {"tags": ["files"], "security": []}, "post": {}}},
            "components": {"schemas": {"File": {"type": "object"}}, "headers": {}},
            "webhooks": {"file.uploaded": {"post": {"tags": ["files"]}}}
        });
        let written = write(&document).expect("JSON");
        let expected = r#"{
  "openapi": "3.1.0",
  "tags": [
    {"name":"files","description":"附件"}
  ],
  "paths": {
    "/files": {
      "get": {"tags":["files"],"security":[]},
      "post": {}
    }
  },
  "components": {
    "schemas": {
      "File": {"type":"object"}
    },
    "headers": {}
  },
  "webhooks": {
    "file.uploaded": {"post":{"tags":["files"]}}
  }
}"#;
        assert_eq!(written, expected);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&written).expect("JSON"), document);
    }
}
