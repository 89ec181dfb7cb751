//! Attachments: rows and views, who may read them, and how documents take them. `[FIL-1]`
//!
//! The bytes lie in a store under the file's id (see `api::file`). They are written before the row: what a
//! crash leaves behind between the two is bytes without a row, which nobody sees and a sweep removes.

use crate::{
    policy::{self, Kind, Shipped, ShippedContent},
    schema::files,
    spine::{Failure, Instant, Key, Part, Reader, Stored, Tx, View, Where, db, guard, save_row},
};
use chrono::Duration;
use diesel::{dsl::sql, prelude::*, sql_types::BigInt};
use domain::{
    file::{Attachment, FILE_UNKNOWN, File, FileRules, FileType, FreeBytes},
    spine::{AnyId, Change, Citation, Id, PolicyVersion, Refusal, Timestamp, UserId, Version},
};
use serde::Serialize;
use std::{collections::HashSet, sync::Arc};
use utoipa::ToSchema;
use uuid::Uuid;

/// A kind of document that takes files, and who may read one; registered by its noun.
pub struct DocumentKind {
    /// The kind, as in the document's [`domain::spine::Entity::KIND`].
    pub kind: &'static str,
    /// Whether the reader's actor may read this document. The reader looks by the permission to read
    /// files: look by the document's own with [`Reader::seeing_by`].
    pub may_read: fn(&mut Reader<'_>, Uuid) -> Result<bool, Failure>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = files, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    name: String,
    file_type: String,
    size: i64,
    sha256: String,
    uploaded_by: Key,
    uploaded_at: Instant,
    document_kind: Option<String>,
    document: Option<Key>,
    attached_at: Option<Instant>,
    version: Version,
    free_since: Option<Instant>,
    removed_at: Option<Instant>,
}

impl From<&File> for Row {
    fn from(file: &File) -> Self {
        let File { id, name, file_type, size, sha256, uploaded_by, uploaded_at, attachment, .. } = file;
        let File { free_since, removed_at, version, .. } = file;
        Self {
            id: (*id).into(),
            name: name.clone(),
            file_type: file_type.code().to_owned(),
            size: *size,
            sha256: sha256.clone(),
            uploaded_by: (*uploaded_by).into(),
            uploaded_at: (*uploaded_at).into(),
            document_kind: attachment.as_ref().map(|held| held.kind.clone()),
            document: attachment.as_ref().map(|held| held.document.into()),
            attached_at: attachment.as_ref().map(|held| held.at.into()),
            version: *version,
            free_since: free_since.map(Into::into),
            removed_at: removed_at.map(Into::into),
        }
    }
}

impl TryFrom<Row> for File {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let attachment = match (row.document_kind, row.document, row.attached_at) {
            (Some(kind), Some(document), Some(at)) => {
                Some(Attachment { kind, document: document.0, at: at.into() })
            }
            (None, None, None) => None,
            _ => return Err(Failure::corrupt("files", "document", row.id.0)),
        };
        let file_type = FileType::from_code(&row.file_type);
        Ok(Self {
            id: row.id.into(),
            name: row.name,
            file_type: file_type.ok_or_else(|| Failure::corrupt("files", "file_type", row.id.0))?,
            size: row.size,
            sha256: row.sha256,
            uploaded_by: row.uploaded_by.into(),
            uploaded_at: row.uploaded_at.into(),
            attachment,
            free_since: row.free_since.map(Into::into),
            removed_at: row.removed_at.map(Into::into),
            version: row.version,
        })
    }
}

impl Stored<crate::Base> for File {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        guard(save_row!(tx, files, &row, before)?)
    }
}

/// Writes a change of a file.
pub fn apply(tx: &mut Tx<'_>, change: Change<File>) -> Result<File, Failure> {
    tx.apply(change)
}

/// The rules for files in force today.
pub fn rules(reader: &mut Reader<'_>) -> Result<Arc<PolicyVersion<FileRules>>, Failure> {
    let today = reader.today();
    policy::in_force(reader, "attachments", today)
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Kind::of::<FileRules>(),
    &Shipped {
        code: "file-rules/attachments",
        title: "附件规则 Attachments",
        clause: "003 营销费用审批流程",
        content: ShippedContent::Defaults(|| serde_json::to_value(FileRules::default())),
    },
];

/// A file its reader may read: one's own, or one of a document one may read. Else there is none.
pub fn find(reader: &mut Reader<'_>, id: Id<File>) -> Result<File, Failure> {
    let file = find_any(reader, id)?;
    if may_read(reader, &file)? { Ok(file) } else { Err(Failure::NotFound) }
}

fn find_any(reader: &mut Reader<'_>, id: Id<File>) -> Result<File, Failure> {
    let wanted = files::id.eq(Key::from(id)).and(files::removed_at.is_null());
    let row: Row = db!(reader, |c| files::table.filter(wanted).select(Row::as_select()).first(c))?;
    row.try_into()
}

/// A file that the actor uploaded; none else is theirs to remove.
pub fn find_own(reader: &mut Reader<'_>, id: Id<File>) -> Result<File, Failure> {
    let file = find_any(reader, id)?;
    if file.uploaded_by == reader.actor().user { Ok(file) } else { Err(Failure::NotFound) }
}

/// How many bytes the files have that belong to nothing: those of the actor, and all.
pub fn free_bytes(reader: &mut Reader<'_>) -> Result<FreeBytes, Failure> {
    let sum = || sql::<BigInt>("CAST(COALESCE(SUM(size), 0) AS BIGINT)");
    let free = files::table.filter(files::free_since.is_not_null());
    let mine = files::uploaded_by.eq(Key::from(reader.actor().user));
    let of_one = db!(reader, |c| free.filter(mine).select(sum()).first(c))?;
    let of_all = db!(reader, |c| free.select(sum()).first(c))?;
    Ok(FreeBytes { of_one, of_all })
}

/// So many files end at once.
const ENDED_AT_ONCE: i64 = 200;

/// Files that have belonged to nothing for longer than the rules keep them, with the instant since when; the longest first,
/// behind the one that the last answer ended with: one that cannot be removed stands in nobody's way.
pub fn overdue(
    reader: &mut Reader<'_>,
    behind: Option<(Timestamp, Id<File>)>,
) -> Result<Vec<(Timestamp, Id<File>)>, Failure> {
    let days = rules(reader)?.content.free_days;
    let before = Instant::from(reader.now().plus(-Duration::days(days)));
    let mut wanted = Where::new();
    wanted.also(files::free_since.is_not_null().and(files::free_since.lt(before)));
    if let Some((since, id)) = behind {
        let (since, key) = (Instant::from(since), Key::from(id));
        wanted.also(files::free_since.gt(since).or(files::free_since.eq(since).and(files::id.gt(key))));
    }
    let rows: Vec<(Option<Instant>, Key)> = db!(reader, |c| files::table
        .filter(&wanted)
        .order((files::free_since, files::id))
        .limit(ENDED_AT_ONCE)
        .select((files::free_since, files::id))
        .load(c))?;
    Ok(rows.into_iter().filter_map(|(since, id)| Some((since?.0, id.into()))).collect())
}

/// Removes a file that has belonged to nothing for too long; nothing where that has changed since.
pub fn end(tx: &mut Tx<'_>, id: Id<File>) -> Result<(), Failure> {
    match find_any(tx, id) {
        Ok(file) if file.attachment.is_none() => {
            let removed = file.remove(tx.now())?;
            apply(tx, removed).map(drop)
        }
        Ok(_) | Err(Failure::NotFound) => Ok(()),
        Err(failure) => Err(failure),
    }
}

fn may_read(reader: &mut Reader<'_>, file: &File) -> Result<bool, Failure> {
    if file.uploaded_by == reader.actor().user {
        return Ok(true);
    }
    let Some(held) = &file.attachment else { return Ok(false) };
    match reader.house().all::<DocumentKind>().find(|kind| kind.kind == held.kind) {
        Some(kind) => (kind.may_read)(reader, held.document),
        None => Ok(false),
    }
}

/// Makes files evidence for a document. They must be the actor's own and free, or on it already. What is
/// wrong is said of every file at once, at `{pointer}/{index}`.
pub fn attach(
    tx: &mut Tx<'_>,
    ids: &[Id<File>],
    kind: &str,
    document: Uuid,
    pointer: &str,
) -> Result<(), Failure> {
    let mut unknown: Option<Refusal> = None;
    let mut changes = Vec::new();
    let mut seen = HashSet::new();
    for (index, id) in ids.iter().enumerate().filter(|(_, id)| seen.insert(**id)) {
        let file = match find_any(tx, *id) {
            Ok(file) if file.belongs_to(kind, document) => continue,
            Ok(file) if file.uploaded_by == tx.actor().user => file,
            Ok(_) | Err(Failure::NotFound) => {
                let refusal = unknown.unwrap_or_else(|| Refusal::new(FILE_UNKNOWN));
                unknown = Some(refusal.at(format!("{pointer}/{index}")));
                continue;
            }
            Err(failure) => return Err(failure),
        };
        changes
            .push(file.attach(kind, document, tx.now()).map_err(|no| no.at(format!("{pointer}/{index}")))?);
    }
    if let Some(refusal) = unknown {
        return Err(refusal.citing(Citation::rule("FIL-1")).into());
    }
    changes.into_iter().try_for_each(|change| apply(tx, change).map(drop))
}

/// Makes exactly these files a document's evidence: attaches what is new, takes off what is no longer
/// named. Only for documents that can still be changed.
pub fn attach_exactly(
    tx: &mut Tx<'_>,
    ids: &[Id<File>],
    kind: &str,
    document: Uuid,
    pointer: &str,
) -> Result<(), Failure> {
    let wanted: HashSet<_> = ids.iter().copied().collect();
    for file in held_by(tx, kind, document)? {
        if !wanted.contains(&file.id) {
            let detached = file.detach(tx.now());
            apply(tx, detached)?;
        }
    }
    attach(tx, ids, kind, document, pointer)
}

fn held_by(reader: &mut Reader<'_>, kind: &str, document: Uuid) -> Result<Vec<File>, Failure> {
    let of = files::document.eq(Key(document)).and(files::document_kind.eq(kind));
    let rows: Vec<Row> =
        db!(reader, |c| files::table.filter(of).order(files::id).select(Row::as_select()).load(c))?;
    rows.into_iter().map(File::try_from).collect()
}

/// A file, as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = File)]
pub struct FileView {
    /// Its identity.
    pub id: AnyId,
    /// Its name: safe to show and to save under.
    #[schema(max_length = 255, example = "发票.pdf")]
    pub name: String,
    /// What it is by its content.
    pub file_type: FileType,
    /// The content type it is served with.
    #[schema(max_length = 100, example = "application/pdf")]
    pub media_type: &'static str,
    /// How many bytes it has.
    #[schema(minimum = 1)]
    pub size: i64,
    /// The SHA-256 of its bytes, in lower-case hexadecimal; the `ETag` of its content.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    /// The account that uploaded it.
    pub uploaded_by: UserId,
    /// When.
    pub uploaded_at: Timestamp,
    /// The kind of document it is evidence for; null while it belongs to none.
    #[schema(max_length = 60, example = "expense_claim")]
    pub document_kind: Option<String>,
    /// The document it is evidence for.
    pub document: Option<AnyId>,
    /// Its version for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for FileView {
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/files/{}", self.id))
    }
}

impl From<File> for FileView {
    fn from(file: File) -> Self {
        let File { id, name, file_type, size, sha256, uploaded_by, uploaded_at, attachment, .. } = file;
        let version = file.version;
        let (document_kind, document) = attachment.map(|held| (held.kind, held.document.into())).unzip();
        Self {
            id: id.uuid().into(),
            name,
            file_type,
            media_type: file_type.media_type(),
            size,
            sha256,
            uploaded_by,
            uploaded_at,
            document_kind,
            document,
            version,
        }
    }
}

/// A file its reader may read, as it is shown.
pub fn view(reader: &mut Reader<'_>, id: Id<File>) -> Result<FileView, Failure> {
    find(reader, id).map(FileView::from)
}

/// The files of a document, oldest first. Who may read the document may see them: that is the caller's to
/// check.
pub fn list_of(reader: &mut Reader<'_>, kind: &str, document: Uuid) -> Result<Vec<FileView>, Failure> {
    Ok(held_by(reader, kind, document)?.into_iter().map(FileView::from).collect())
}

/// Which of these ids have no row, or one of a file that was removed: their bytes are left over from an upload that came to nothing.
pub fn without_row(reader: &mut Reader<'_>, ids: &[Uuid]) -> Result<Vec<Uuid>, Failure> {
    let keys: Vec<Key> = ids.iter().copied().map(Key).collect();
    let kept = files::removed_at.is_null();
    let known: Vec<Key> =
        db!(reader, |c| files::table.filter(kept.and(files::id.eq_any(&keys))).select(files::id).load(c))?;
    let known: HashSet<Uuid> = known.into_iter().map(|key| key.0).collect();
    Ok(ids.iter().copied().filter(|id| !known.contains(id)).collect())
}

/// A page of all files with what their bytes must hash to, by id: for verification.
pub fn checksums_after(reader: &mut Reader<'_>, after: Uuid) -> Result<Vec<(Uuid, String)>, Failure> {
    let rows: Vec<(Key, String)> = db!(reader, |c| files::table
        .filter(files::id.gt(Key(after)).and(files::removed_at.is_null()))
        .order(files::id)
        .limit(500)
        .select((files::id, files::sha256))
        .load(c))?;
    Ok(rows.into_iter().map(|(id, sha256)| (id.0, sha256)).collect())
}
