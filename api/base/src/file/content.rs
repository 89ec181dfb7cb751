//! Serving a file so that no browser ever runs it: to be saved, its type not to be guessed, in a sandbox.

use crate::spine::{Described, Description, Problem, attachment, is_known};
use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::{BoxBody, SizedStream},
    http::header,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use persistence::file::FileView;
use utoipa::openapi::{
    ContentBuilder, HeaderBuilder, KnownFormat, ObjectBuilder, ResponseBuilder, SchemaFormat, schema::Type,
};

/// The bytes of a file, or why not.
pub(super) type Content = Result<FileContent, Problem>;

/// The bytes of a file.
pub(super) struct FileContent {
    pub about: FileView,
    pub bytes: BoxStream<'static, object_store::Result<Bytes>>,
}

impl Responder for FileContent {
    type Body = BoxBody;
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let Self { about, bytes } = self;
        let etag = format!("\"{}\"", about.sha256);
        if is_known(request, &etag) {
            return HttpResponse::NotModified().insert_header((header::ETAG, etag)).finish();
        }
        let digest = BASE64_STANDARD.encode(hex::decode(&about.sha256).unwrap_or_default());
        let plain = format!("{}.{}", about.id, about.file_type);
        HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, about.media_type))
            .insert_header(attachment(&plain, &about.name))
            .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header(("Cross-Origin-Resource-Policy", "same-origin"))
            .insert_header(("Repr-Digest", format!("sha-256=:{digest}:")))
            .insert_header((header::ACCEPT_RANGES, "none"))
            .insert_header((header::ETAG, etag))
            .body(SizedStream::new(about.size.unsigned_abs(), bytes))
    }
}

impl Described for FileContent {
    fn describe(description: &mut Description) {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let header =
            |about: &str| HeaderBuilder::new().schema(Some(text().build())).description(Some(about)).build();
        let bytes = text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary))).build();
        let response = ResponseBuilder::new()
            .description("The bytes, with the content type of the file.")
            .content("*/*", ContentBuilder::new().schema(Some(bytes)).build())
            .header("ETag", header("The SHA-256 of the bytes, in hexadecimal."))
            .header("Repr-Digest", header("The SHA-256 of the bytes (RFC 9530)."))
            .header("Content-Disposition", header("The name to save it under (RFC 6266)."));
        description.responses.insert(200, response.build());
    }
}
