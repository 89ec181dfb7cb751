//! What a file is, judged by its content, and how its name may end. `[FIL-1]`

use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// What a file is, judged by its content.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileType {
    /// A PDF document.
    Pdf,
    /// An open fixed-layout document (GB/T 33190): what electronic invoices come as.
    Ofd,
    /// Extensible markup: what fully digital invoices come as.
    Xml,
    /// A picture.
    Png,
    /// A photograph.
    Jpeg,
    /// A picture.
    Webp,
    /// A photograph of a telephone.
    Heic,
    /// A text document (Office Open XML).
    Docx,
    /// A workbook (Office Open XML).
    Xlsx,
    /// A presentation (Office Open XML).
    Pptx,
    /// Any other archive.
    Zip,
    /// Plain text in UTF-8.
    Txt,
}

crate::labels! { FileType = "FileType":
    Pdf = "pdf", "PDF 文件", "PDF document";
    Ofd = "ofd", "OFD 版式文件", "OFD document";
    Xml = "xml", "XML 文件", "XML document";
    Png = "png", "PNG 图片", "PNG picture";
    Jpeg = "jpeg", "JPEG 图片", "JPEG picture";
    Webp = "webp", "WebP 图片", "WebP picture";
    Heic = "heic", "HEIC 图片", "HEIC picture";
    Docx = "docx", "Word 文档", "Word document";
    Xlsx = "xlsx", "Excel 工作簿", "Excel workbook";
    Pptx = "pptx", "PowerPoint 演示文稿", "PowerPoint presentation";
    Zip = "zip", "ZIP 压缩包", "ZIP archive";
    Txt = "txt", "文本文件", "Plain text";
}

impl FileType {
    /// The content type it is served with.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Ofd => "application/ofd",
            Self::Xml => "application/xml",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Heic => "image/heic",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Zip => "application/zip",
            Self::Txt => "text/plain; charset=utf-8",
        }
    }

    /// The endings a file name may have for it; the first is the usual one.
    pub(super) const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Ofd => &["ofd"],
            Self::Xml => &["xml"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpeg", "jpg", "jpe", "jfif"],
            Self::Webp => &["webp"],
            Self::Heic => &["heic", "heif"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx"],
            Self::Zip => &["zip"],
            Self::Txt => &["txt", "text", "csv", "log", "md"],
        }
    }
}

impl fmt::Display for FileType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
