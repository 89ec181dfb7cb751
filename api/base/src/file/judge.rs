//! What a file is, by its content: never by its name or by what its sender calls it.

use domain::file::FileType;

/// How many of the first bytes are looked at.
pub(super) const JUDGED_BYTES: usize = 64 * 1024;

/// The type of a file that begins like this; `None` if we do not know it.
pub(super) fn judge(start: &[u8]) -> Option<FileType> {
    match infer::get(start).map(|found| found.mime_type()) {
        Some("application/pdf") => Some(FileType::Pdf),
        Some("image/png") => Some(FileType::Png),
        Some("image/jpeg") => Some(FileType::Jpeg),
        Some("image/webp") => Some(FileType::Webp),
        Some("image/heif") => Some(FileType::Heic),
        _ if start.starts_with(b"PK\x03\x04") => Some(archive(start)),
        Some("text/xml") => Some(FileType::Xml),
        Some(_) => None,
        None => text(start),
    }
}

/// Documents that are archives show by the names of their parts what they are.
fn archive(start: &[u8]) -> FileType {
    let has = |part: &[u8]| start.windows(part.len()).any(|window| window == part);
    if has(b"OFD.xml") {
        FileType::Ofd
    } else if has(b"word/") && has(b"[Content_Types].xml") {
        FileType::Docx
    } else if has(b"xl/") && has(b"[Content_Types].xml") {
        FileType::Xlsx
    } else if has(b"ppt/") && has(b"[Content_Types].xml") {
        FileType::Pptx
    } else {
        FileType::Zip
    }
}

fn text(start: &[u8]) -> Option<FileType> {
    let readable = match std::str::from_utf8(start) {
        Ok(text) => text,
        // The last character may be cut off.
        Err(error) if error.error_len().is_none() && start.len() == JUDGED_BYTES => {
            std::str::from_utf8(&start[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let readable = readable.trim_start_matches('\u{feff}');
    if readable.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return None;
    }
    let declared = readable.trim_start().starts_with("<?xml");
    match readable.trim_start().starts_with('<') {
        _ if declared => Some(FileType::Xml),
        // Markup without a declaration could be a page that a browser runs.
        true => None,
        false => Some(FileType::Txt),
    }
}

#[cfg(test)]
mod tests {
    use super::judge;
    use domain::file::FileType;

    #[test]
    fn content_decides() {
        for (start, expected) in [
            (b"%PDF-1.7\n%".as_slice(), Some(FileType::Pdf)),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Some(FileType::Png)),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Some(FileType::Jpeg)),
            (b"PK\x03\x04\x14\0\0\0\0\0OFD.xml", Some(FileType::Ofd)),
            (b"PK\x03\x04\x14\0[Content_Types].xml PK xl/workbook.xml", Some(FileType::Xlsx)),
            (b"PK\x03\x04\x14\0[Content_Types].xml PK word/document.xml", Some(FileType::Docx)),
            (b"PK\x03\x04\x14\0secret.exe", Some(FileType::Zip)),
            (b"<?xml version=\"1.0\"?><EInvoice/>", Some(FileType::Xml)),
            (b"\xef\xbb\xbf<?xml version=\"1.0\"?><EInvoice/>", Some(FileType::Xml)),
            ("报销说明\n".as_bytes(), Some(FileType::Txt)),
            (b"<html><script>", None),
            (b"<svg onload=alert(1)>", None),
            (b"MZ\x90\0\x03", None),
            (b"\x7fELF\x02\x01", None),
            (b"\0\x01\x02", None),
            (b"\xc3\x28", None),
        ] {
            assert_eq!(judge(start), expected, "{start:?}");
        }
    }
}
