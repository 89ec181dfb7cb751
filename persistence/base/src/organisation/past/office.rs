//! Who held which role and who was away, as far as it had been told by an instant. `[REG-7b]`

use super::*;

pub(super) fn roles_held(
    reader: &mut Reader<'_>,
    undone: &Undone,
    (instant, day): (Timestamp, BusinessDate),
    accounts: &HashMap<Key, EmployeeId>,
    organisation: &mut Organisation,
) -> Result<(), Failure> {
    let known: Vec<(Key, String, bool)> =
        db!(reader, |c| roles::table.select((roles::id, roles::code, roles::is_retired)).load(c))?;
    let use_approvals = Permission::UseApprovals.code();
    let deciding_now: BTreeSet<Key> = db!(reader, |c| role_permissions::table
        .filter(role_permissions::permission.eq(use_approvals))
        .select(role_permissions::role_id)
        .load::<Key>(c))?
    .into_iter()
    .collect();
    let (mut codes, mut deciding) = (HashMap::<Key, String>::new(), BTreeSet::<Key>::new());
    for (id, code, is_retired) in known.into_iter().filter(|role| undone.was_there(role.0)) {
        if undone.member(id, "is_retired")?.unwrap_or(is_retired) {
            continue;
        }
        let decides = match undone.member::<RoleThen>(id, "details")? {
            Some(then) => then.permissions.iter().any(|permission| permission == use_approvals),
            None => deciding_now.contains(&id),
        };
        organisation.roles.insert(code.clone(), Vec::new());
        codes.insert(id, code);
        if decides {
            deciding.insert(id);
        }
    }
    for (holder, role) in holders(reader, undone, instant, accounts, organisation)? {
        let begun = holder.from <= day && holder.until.is_none_or(|until| day <= until);
        if begun
            && deciding.contains(&role)
            && let Some(person) = organisation.people.get_mut(&holder.employee)
        {
            person.may_decide = true;
        }
        if let Some(held) = codes.get(&role).and_then(|code| organisation.roles.get_mut(code)) {
            held.push(holder);
        }
    }
    Ok(())
}

/// Who held which role, as far as it was not taken back by then.
fn holders(
    reader: &mut Reader<'_>,
    undone: &Undone,
    instant: Timestamp,
    accounts: &HashMap<Key, EmployeeId>,
    organisation: &Organisation,
) -> Result<Vec<(Holder, Key)>, Failure> {
    type Row = (Key, Key, Key, Option<Key>, BusinessDate, Option<BusinessDate>);
    let standing = grants::ended_at.is_null().or(grants::ended_at.gt(Instant::from(instant)));
    let rows: Vec<Row> = db!(reader, |c| grants::table
        .filter(standing)
        .order(grants::id)
        .select((
            grants::id,
            grants::user_id,
            grants::role_id,
            grants::department_id,
            grants::from_on,
            grants::until_on
        ))
        .load(c))?;
    let mut found = Vec::new();
    for (id, user, role, department, from, until) in rows {
        let Some(employee) = accounts.get(&user).copied().filter(|_| undone.was_there(id)) else { continue };
        let terms = undone.member::<TermsThen>(id, "terms")?;
        let terms = terms.unwrap_or(TermsThen { department: department.map(Into::into), from, until });
        let own = || organisation.people.get(&employee).map(|person| person.department);
        if let Some(department) = terms.department.or_else(own) {
            found.push((Holder { employee, department, from: terms.from, until: terms.until }, role));
        }
    }
    Ok(found)
}

/// Who was away, as far as it had been told by then.
pub(super) fn away(
    reader: &mut Reader<'_>,
    undone: &Undone,
    (instant, day): (Timestamp, BusinessDate),
) -> Result<Vec<Away>, Failure> {
    type Row = (Key, Key, Key, BusinessDate, BusinessDate);
    let standing = absences::cancelled_at.is_null().or(absences::cancelled_at.gt(Instant::from(instant)));
    let rows: Vec<Row> = db!(reader, |c| absences::table
        .filter(standing)
        .order(absences::id)
        .select((
            absences::id,
            absences::employee_id,
            absences::stand_in_id,
            absences::from_on,
            absences::until_on
        ))
        .load(c))?;
    let mut away = Vec::new();
    for (id, employee, stand_in, from, until) in rows.into_iter().filter(|row| undone.was_there(row.0)) {
        let until = undone.member(id, "until")?.unwrap_or(until);
        if until >= day {
            away.push(Away {
                employee: employee.into(),
                stand_in: undone.member(id, "stand_in")?.unwrap_or_else(|| stand_in.into()),
                from: undone.member(id, "from")?.unwrap_or(from),
                until,
            });
        }
    }
    Ok(away)
}
