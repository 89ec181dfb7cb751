//! A company's years of claims, the same at every run, written past the product for speed.

use crate::{
    Outcome,
    bare::{Bare, Pattern},
    rows::{Claim, HandOver, Line, Paper},
};
use diesel::prelude::*;
use domain::spine::Timestamp;
use persistence::spine::{Instant, Key};
use tables::{expense_claim_hand_overs, expense_claim_lines, expense_claims, invoices};
use uuid::Uuid;

/// Rows of so many claims go into one transaction.
const STRIDE: u64 = 10_000;
/// 2024-01-01T00:00:00Z.
const FIRST_MICROS: i64 = 1_704_067_200_000_000;
/// The claims spread over two years.
const SPREAD_MICROS: i64 = 2 * 365 * 86_400 * 1_000_000;

/// The id of a claim by its place, ordered by time like every id of ours.
pub fn id_of(place: u64) -> Key {
    let (time, low) = (u128::from(0x018c_c251_f400_u64 + place), u128::from(scramble(place)) >> 2);
    Key(Uuid::from_u128(time << 80 | 0x7000 << 64 | 0x8000_0000_0000_0000 | low))
}

/// A number that looks like chance and is the same every time.
pub fn scramble(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Fills in `claims` claims after a pattern, of these departments and employees.
pub fn fill(url: &str, pattern: &Pattern, claims: u64, people: &[(Key, Key)]) -> Outcome<()> {
    let mut bare = Bare::unhindered(url)?;
    for first in (0..claims).step_by(usize::try_from(STRIDE)?) {
        let mut rows = Rows::default();
        for place in first..claims.min(first + STRIDE) {
            let one = variation(pattern, place, claims, people)?;
            rows.heads.push(one.head);
            rows.hand_overs.extend(one.hand_over);
            rows.lines.extend(one.lines);
            rows.papers.extend(one.invoices);
        }
        bare.execute("BEGIN")?;
        insert(&mut bare, &rows)?;
        bare.execute("COMMIT")?;
    }
    Ok(())
}

/// What goes into one transaction.
#[derive(Default)]
struct Rows {
    heads: Vec<Claim>,
    hand_overs: Vec<HandOver>,
    lines: Vec<Line>,
    papers: Vec<Paper>,
}

fn insert(bare: &mut Bare, rows: &Rows) -> QueryResult<()> {
    let Rows { heads, hand_overs, lines, papers } = rows;
    match bare {
        Bare::Sqlite(c) => {
            for head in heads {
                diesel::insert_into(expense_claims::table).values(head).execute(c)?;
            }
            for hand_over in hand_overs {
                diesel::insert_into(expense_claim_hand_overs::table).values(hand_over).execute(c)?;
            }
            for line in lines {
                diesel::insert_into(expense_claim_lines::table).values(line).execute(c)?;
            }
            for paper in papers {
                diesel::insert_into(invoices::table).values(paper).execute(c)?;
            }
        }
        Bare::Postgres(c) => {
            diesel::copy_from(expense_claims::table).from_insertable(heads).execute(c)?;
            diesel::copy_from(expense_claim_hand_overs::table).from_insertable(hand_overs).execute(c)?;
            diesel::copy_from(expense_claim_lines::table).from_insertable(lines).execute(c)?;
            diesel::copy_from(invoices::table).from_insertable(papers).execute(c)?;
        }
    }
    Ok(())
}

fn variation(pattern: &Pattern, place: u64, claims: u64, people: &[(Key, Key)]) -> Outcome<Pattern> {
    let mut one = pattern.clone();
    let (id, chance) = (id_of(place), scramble(place));
    let share =
        i64::try_from(u128::from(place) * u128::from(SPREAD_MICROS.unsigned_abs()) / u128::from(claims))?;
    let created = Timestamp::from_micros(FIRST_MICROS + share).ok_or("an instant")?;
    // Changed up to a month later: the order of changes is not that of making.
    let changed = created.plus(chrono::Duration::seconds(i64::try_from(chance % 2_592_000)?));
    let head = &mut one.head;
    head.id = id;
    head.number = format!("EC-2024-{place:08}");
    head.search_text =
        head.search_text.replace(&pattern.head.number.to_lowercase(), &head.number.to_lowercase());
    head.created_at = Instant(created);
    head.changed_at = Instant(changed);
    head.business_date = created.date_in(chrono_tz::Asia::Shanghai);
    let extra = i64::try_from(chance % 500_000)?;
    for amount in [&mut head.claimed_minor, &mut head.approved_minor, &mut head.payable_minor] {
        *amount += extra;
    }
    if let Some((department, employee)) =
        people.get(usize::try_from(chance % 1_000_003)? % people.len().max(1))
    {
        (head.department_id, head.submitter_id, head.beneficiary_id) = (*department, *employee, *employee);
    }
    one.hand_over = state(head, chance, changed);
    for line in &mut one.lines {
        line.claim_id = id;
    }
    if let Some(line) = one.lines.first_mut() {
        line.claimed_minor += extra;
        line.approved_minor += extra;
    }
    for (index, paper) in (0_u64..).zip(&mut one.invoices) {
        paper.claim_id = id;
        paper.number = format!("24{:018}", place * 8 + index);
        paper.unique_key = format!("filled:{}", paper.number);
    }
    if let Some(paper) = one.invoices.first_mut() {
        paper.net_minor += extra;
        paper.total_minor += extra;
    }
    Ok(one)
}

/// Puts a claim into some state; answers how it stands with the ledger there.
fn state(head: &mut Claim, chance: u64, at: Timestamp) -> Option<HandOver> {
    let mut hand_over = None;
    head.version = 4;
    head.status_at = Some(Instant(at));
    let status = match (chance >> 32) % 10 {
        0 => {
            (head.version, head.status_at) = (1, None);
            "draft"
        }
        1 => {
            head.status_reason = Some("发票不合规".to_owned());
            "rejected"
        }
        2 => "withdrawn",
        3..=6 => "approved",
        _ => {
            head.voucher_number = Some(format!("记-{}", chance % 9_999));
            hand_over = Some(HandOver {
                claim_id: head.id,
                acknowledged_at: Some(Instant(at)),
                acknowledged_by_id: Some(head.creator_id),
                acknowledged_reference: Some("batch-1".to_owned()),
                voucher_year: Some(2025),
                posted_on: Some(head.business_date),
            });
            "posted"
        }
    };
    status.clone_into(&mut head.status);
    hand_over
}
