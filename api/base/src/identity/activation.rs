//! Accounts that are opened for people who choose their password themselves: with a code that is good once and for seven days.
//! `[INT-5a]`

use super::{
    Entrance,
    account::{ensure_manageable, find_manageable, hash_chosen},
    grant::ensure_within,
    hash_of,
};
use crate::spine::{Can, Problem, Public, Reply, Routes, Unrehearsed, Valid, View, csv_text, routes};
use domain::{
    identity::{Account, AccountDetails, Activation, Grant, GrantTerms, Role, Secret, Username},
    organisation::{Employee, USERNAME_DIFFERS},
    spine::{Citation, Permission, Refusal, ScopeKind, Timestamp, UserId, codes, perm},
};
use persistence::{
    identity::{account, activation, grant},
    organisation::{employee, register::Register},
    spine::{Failure, Tx},
};
use rand::TryRngCore;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(super) fn routes(into: &mut Routes) {
    routes!(into, "users", [issue_activation_codes, activate_account]);
}

/// So many codes are issued in one call.
const AT_ONCE_MAX: usize = 1_000;
/// The letters of a code: none that is taken for another.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKMNPQRSTUVWXYZ123456789";
/// So many letters a code has, in groups of four: a hundred bits.
const LENGTH: usize = 20;

/// A fresh code.
///
/// # Errors
/// No randomness to be had.
fn fresh_code() -> Result<String, Failure> {
    let mut bytes = [0_u8; LENGTH];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(Failure::fault)?;
    let letters: Vec<char> = bytes
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte % 32)).copied().map(char::from))
        .collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}

/// A code as it is kept: hyphens, blanks and the size of letters do not matter to whoever types it.
fn plain(code: &str) -> String {
    let typed = domain::spine::typed::normalised(code);
    typed.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Which accounts want codes.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct IssueActivationCodes {
    /// These accounts; all that wait for their owner to choose a password where absent.
    #[serde(default)]
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_items = 1, max_items = 1000)]
    user_ids: Option<Vec<UserId>>,
    /// Whether those whose code is still good get another as well.
    #[serde(default)]
    renew: bool,
}

/// Codes that were just issued.
#[derive(Serialize, ToSchema)]
struct ActivationCodes {
    /// How many.
    #[schema(minimum = 0)]
    issued: usize,
    /// Whether more accounts wait: call again for theirs.
    has_more: bool,
    /// Until when they are good.
    expires_at: Timestamp,
    /// Number, name, user name and code of each, as CSV. They are shown this once and stored nowhere: save the file.
    #[schema(max_length = 500000)]
    codes_secret: String,
}

impl View for ActivationCodes {}

/// Issue activation codes. `[INT-5a]`
///
/// For accounts within reach whose owners have not chosen a password yet, 1,000 at a time. A code is good once and for seven days;
/// another makes the one before worthless. The file is in this answer alone, which is therefore not kept with an `Idempotency-Key`.
#[utoipa::path(post, path = "/api/v1/activation-codes")]
async fn issue_activation_codes(
    who: Can<perm::ManageUsers>,
    body: Valid<IssueActivationCodes>,
    work: Unrehearsed,
) -> Reply<ActivationCodes> {
    work.without_memory().write(who, move |tx| issue(tx, &body)).await
}

fn issue(tx: &mut Tx<'_>, body: &IssueActivationCodes) -> Result<ActivationCodes, Failure> {
    let (now, mut rows, mut behind, mut has_more) = (tx.now(), Vec::new(), None, false);
    let mut named = body.user_ids.clone();
    // Of those that wait, as many as it takes to find so many that the caller may deal with.
    while !has_more {
        let some = match named.take() {
            Some(named) => named,
            None if body.user_ids.is_some() => break,
            None => activation::awaiting(tx, behind, 500)?,
        };
        if some.is_empty() {
            break;
        }
        behind = some.last().copied();
        for id in some {
            if rows.len() == AT_ONCE_MAX {
                has_more = true;
                break;
            }
            rows.extend(issue_one(tx, id, body)?);
        }
    }
    let headings = ["工号", "姓名", "登录名", "激活码"].map(str::to_owned);
    let codes_secret = csv_text([headings].into_iter().chain(rows.iter().cloned()));
    let (issued, expires_at) = (rows.len(), now.plus(chrono::Duration::days(domain::identity::CODE_DAYS)));
    Ok(ActivationCodes { issued, has_more, expires_at, codes_secret })
}

/// Issues the code of an account; none where it waits for none, has one that is good, or is not the caller's to deal with.
fn issue_one(
    tx: &mut Tx<'_>,
    id: UserId,
    body: &IssueActivationCodes,
) -> Result<Option<[String; 4]>, Failure> {
    let account = match find_manageable(tx, id) {
        Err(Failure::NotFound | Failure::Refused(_)) if body.user_ids.is_none() => return Ok(None),
        found => found?,
    };
    let (last, now) = (activation::of_user(tx, id)?, tx.now());
    let has_one = last.as_ref().is_some_and(|last| last.is_good(now));
    if !account.awaits_activation() || (has_one && !body.renew && body.user_ids.is_none()) {
        return Ok(None);
    }
    let code = fresh_code()?;
    let change = Activation::issue(tx.id(), last, &account, hash_of(&plain(&code)), now);
    activation::apply(tx, change)?;
    let person = match account.details.employee {
        Some(employee) => Some(Register::of(tx)?.named(employee)?),
        None => None,
    };
    let number = person.map(|person| person.number).unwrap_or_default();
    Ok(Some([number, account.details.name.clone(), account.username.as_str().to_owned(), code]))
}

/// A code and the password its owner chooses.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ActivateAccount {
    /// The activation code; hyphens and the size of its letters do not matter.
    #[validate(length(min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64, example = "K3V9-X2AB-QW7M-N4TR-P8CD")]
    code: String,
    /// The password.
    #[validate(length(min = 1, max = 1024))]
    #[schema(min_length = 1, max_length = 1024, format = Password)]
    password: String,
}

/// An account that can be signed in to from now on.
#[derive(Serialize, ToSchema)]
struct ActivatedAccount {
    /// The name to sign in with.
    #[schema(max_length = 64, example = "li.na")]
    username: String,
}

impl View for ActivatedAccount {}

/// Choose the password of an account with its activation code. `[INT-5a, ID-1]`
#[utoipa::path(post, path = "/api/v1/activations")]
async fn activate_account(
    who: Public,
    entrance: Entrance,
    body: Valid<ActivateAccount>,
    work: Unrehearsed,
) -> Reply<ActivatedAccount> {
    let (code, chosen) = (hash_of(&plain(&body.code)), Secret::new(&body.password));
    let seen = entrance.database().read(persistence::spine::Request::system("activation"), move |reader| {
        activation::by_code(reader, &code)
    });
    let (_, account) = seen.await?.ok_or_else(|| Problem::from(Activation::refusal()))?;
    let names = [account.username.as_str(), account.details.name.as_str()];
    let hash = hash_chosen(&entrance, chosen, &names, "/password").await?;
    work.without_memory()
        .write(who, move |tx| {
            let now = tx.now();
            let (found, account) = activation::by_code(tx, &code)?.ok_or_else(Activation::refusal)?;
            activation::apply(tx, found.take(&account, now)?)?;
            let change = account.change_password(hash.clone(), now)?;
            let account = account::apply(tx, change)?;
            Ok(ActivatedAccount { username: account.username.as_str().to_owned() })
        })
        .await
}

/// Opens the account of an employee where it is wanted and there is none, and grants a role where they do not hold it; answers
/// whether anything changed. With the permission to manage accounts and as far as that reaches, and never beyond what the
/// caller holds.
///
/// # Errors
/// A user name that is taken or another's; rights beyond the caller's.
pub(crate) fn give_account(
    tx: &mut Tx<'_>,
    holder: &Employee,
    (wanted, username): (bool, Option<&str>),
    role: Option<(&Role, Option<ScopeKind>)>,
) -> Result<bool, Failure> {
    if !tx.actor().may(Permission::ManageUsers) {
        return Err(Failure::Denied(Permission::ManageUsers));
    }
    let id = holder.id;
    tx.seeing_by(Permission::ManageUsers, |reader| employee::find(reader, id))?;
    let (account, opened) = match account::of_employee(tx, id)? {
        Some(account) => {
            ensure_manageable(tx, &account)?;
            ensure_same_name(&account, username)?;
            (account, false)
        }
        None if wanted => (open(tx, holder, username.unwrap_or(&holder.number))?, true),
        None => return Err(Refusal::new(codes::REQUIRED).at("/account").into()),
    };
    let Some((role, scope)) = role else { return Ok(opened) };
    let scope = scope.unwrap_or(ScopeKind::Own);
    if !opened && grant::is_held(tx, account.id, role.id, scope)? {
        return Ok(opened);
    }
    let from = tx.today().max(holder.joined_on);
    let terms = GrantTerms { scope, department: None, from, until: None };
    ensure_within(tx, &account, role, &terms).map_err(|failure| match failure {
        Failure::Refused(refusal) => Failure::from(refusal.at("/role")),
        other => other,
    })?;
    let change = Grant::give(tx.id(), account.id, role, terms)?;
    grant::apply(tx, change)?;
    Ok(true)
}

fn open(tx: &mut Tx<'_>, holder: &Employee, username: &str) -> Result<Account, Failure> {
    let details = AccountDetails { name: holder.name.clone(), employee: Some(holder.id) };
    let change = Account::open_to_be_activated(tx.id(), Username::choose(username)?, details)?;
    account::apply(tx, change)
}

fn ensure_same_name(account: &Account, said: Option<&str>) -> Result<(), Failure> {
    let Some(said) = said else { return Ok(()) };
    if Username::new(said)? == account.username {
        return Ok(());
    }
    let refusal = Refusal::new(USERNAME_DIFFERS).with("username", account.username.as_str());
    Err(refusal.citing(Citation::rule("INT-5a")).at("/username").into())
}
