//! The answer that stays open.

use super::{Place, line::Hearing};
use crate::spine::{Described, Description};
use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::{Method, header},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use persistence::spine::Tiding;
use std::convert::Infallible;
use utoipa::openapi::{ContentBuilder, ResponseBuilder};

/// A stream of server-sent events.
pub struct EventStream {
    pub(super) first: Bytes,
    /// How far the first piece tells.
    pub(super) told_to: i64,
    pub(super) hearing: Hearing,
    pub(super) place: Place,
}

impl EventStream {
    fn pieces(self) -> impl stream::Stream<Item = Result<Bytes, Infallible>> + 'static {
        let Self { first, told_to, hearing, place } = self;
        let heard = stream::unfold((hearing, place), move |(mut hearing, place)| async move {
            loop {
                let piece = hearing.next().await?;
                // What the first piece told already came in on the line as well.
                if piece.sequence > told_to || (!piece.tells && piece.sequence == told_to) {
                    return Some((Ok(piece.bytes), (hearing, place)));
                }
            }
        });
        stream::once(async move { Ok(first) }).chain(heard)
    }
}

impl Responder for EventStream {
    type Body = BoxBody;
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response
            .insert_header((header::CONTENT_TYPE, "text/event-stream"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header(("X-Accel-Buffering", "no"));
        if *request.method() == Method::HEAD {
            return response.finish();
        }
        response.streaming(self.pieces())
    }
}

impl Described for EventStream {
    fn describe(description: &mut Description) {
        let schema = description.schema::<Tiding>();
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let response = ResponseBuilder::new()
            .description(
                "Server-sent events, without end. Each message has an `id` (its place in the feed), an `event` (what happened) \
                 and this as its `data`; `event: resync` says that too much was missed: read the lists anew. A comment every \
                 15 seconds shows that the stream is alive.",
            )
            .content("text/event-stream", content);
        description.responses.insert(200, response.build());
    }
}
