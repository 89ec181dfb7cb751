//! One engine: set up, fill, then round after round bare engine, bare HTTP and product in turn.

use crate::{
    Choice, Outcome,
    bare::{Bare, NUMBERS_APART},
    bare_server::{GROUP_MAX, READERS, WRITERS, without_http},
    company::{self, Company, Hands},
    engine::Home,
    export::{Export, export},
    fill::fill,
    import::import,
    ledger,
    load::{Measured, Pressure, Script, once, request, run},
    report::{Engine, Report, Row, median},
    server::{BARE, PRODUCT, Server},
    timing::{Scene, Timed, Timing},
    work::{Bared, Client, Counts, Fill, Ground, Numbers, Twin, Work, claim::LIST, first_turn},
};
use persistence::spine::Key;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, Instant},
};

/// How often a page is fetched at most.
const PAGES_MAX: usize = 200;

/// Measures one engine.
pub fn engine(choice: &Choice, home: Home, report: &mut Report) -> Outcome<()> {
    let say = |what: &str| eprintln!("{}: {what}", home.name);
    let (works, timings) = (Work::chosen(choice), Timing::chosen(choice));
    let fills = Fill::needed(&works, &timings);
    let ground = set_up(choice, &home, &fills)?;
    let started = Instant::now();
    say(&format!("filling in {} claims", choice.claims));
    fill_claims(&home, &ground)?;
    let fill_seconds = started.elapsed().as_secs_f64();
    say(&format!("filled in {fill_seconds:.0} s; filling in {} budget entries", choice.entries));
    let filled = ledger::fill(&home.url, &ground.company, choice.entries)?;
    fill_in(&home, &fills, &ground)?;
    let mut site = Site::open(choice, &home, ground, &works)?;
    let resident_idle = site.product.resident();
    site.warm_up(&works)?;
    let mut taken: Vec<Taken> = works.iter().map(|_| Taken::default()).collect();
    let (mut first, mut thousandth) = (Vec::new(), Vec::new());
    for round in 1..=choice.rounds {
        say(&format!("round {round} of {}", choice.rounds));
        site.sign_in();
        for (work, taken) in works.iter().zip(&mut taken) {
            site.round(work, taken)?;
        }
        let (one, far) = site.pages()?;
        first.push(one);
        thousandth.push(far);
    }
    say("half of the peak");
    for (work, taken) in works.iter().zip(taken) {
        report.rows.push(site.row(work, taken)?);
    }
    say("export of everything");
    site.sign_in();
    let exports = [site.export("ndjson")?, site.export("csv")?];
    say("import of people");
    let boss = company::sign_in(site.product.address, "boss");
    let import = import(&site.product, &boss, choice.people)?;
    say("execution of budgets");
    site.sign_in();
    let finance = &site.token("finance");
    let executions = ledger::measure(&home.url, site.product.address, finance, filled, choice.rounds)?;
    let timed = site.timed(&timings)?;
    let (first_page, thousandth_page) = (median(first), median(thousandth));
    let (engine, resident_under_load) = (home.name.to_owned(), site.resident_most);
    report.engines.push(Engine {
        engine,
        fill_seconds,
        first_page,
        thousandth_page,
        resident_idle,
        resident_under_load,
        exports,
        import,
        executions,
        timed,
    });
    Ok(())
}

/// Fills in what is measured beside claims.
fn fill_in(home: &Home, fills: &[&Fill], ground: &Ground) -> Outcome<()> {
    let mut bare = Bare::unhindered(&home.url)?;
    for fill in fills {
        eprintln!("{}: filling in {}", home.name, fill.noun);
        (fill.fill)(&mut bare, ground)?;
    }
    bare.settle()?;
    Ok(())
}

/// Sets a company up through the product, with a pattern of whatever is filled in.
fn set_up(choice: &Choice, home: &Home, fills: &[&Fill]) -> Outcome<Ground> {
    eprintln!("{}: setting up a company", home.name);
    company::administrator(&home.url)?;
    let product = product(choice, home)?;
    let hands = Hands::of(product.address);
    let company = company::set_up(&hands)?;
    let mut made = BTreeMap::new();
    for fill in fills {
        made.extend((fill.pattern)(&hands, &company)?.into_iter().map(|(name, id)| (name.to_owned(), id)));
    }
    let Choice { claims, customers, duties, orders, .. } = *choice;
    let counts = Counts { claims, customers, duties, orders };
    Ok(Ground { counts, company, made, bytes: BTreeMap::new() })
}

fn fill_claims(home: &Home, ground: &Ground) -> Outcome<()> {
    let Company { pattern, department, employees, .. } = &ground.company;
    let pattern = Bare::open(&home.url)?.pattern(Key(*pattern))?;
    let people: Vec<_> = employees.iter().map(|employee| (Key(*department), Key(*employee))).collect();
    fill(&home.url, &pattern, ground.counts.claims, &people)
}

fn product(choice: &Choice, home: &Home) -> Outcome<Server> {
    let files = home.file("files").display().to_string();
    let settings = ["--listen", "127.0.0.1:0", "--requests-per-minute", "4000000000"];
    let told = ["--webhook-networks", "127.0.0.0/8"];
    let places = ["--database-url", &home.url, "--files-directory", &files];
    let relaxed = choice.relaxed.then_some("--relaxed-durability");
    let arguments: Vec<&str> = settings.into_iter().chain(told).chain(places).chain(relaxed).collect();
    Server::start(PRODUCT, &arguments, &home.file("product.log"))
}

/// What the rounds of one kind of work brought.
#[derive(Default)]
struct Taken {
    engine: Vec<f64>,
    http: Vec<f64>,
    product: Vec<f64>,
    latencies: Measured,
    /// Milliseconds of processor time for a unit, by the bare server and by the product.
    bare_processor: Vec<f64>,
    processor: Vec<f64>,
}

/// Everything that runs while one engine is measured.
struct Site<'a> {
    choice: &'a Choice,
    home: &'a Home,
    product: Server,
    bare: Server,
    /// What people say who they are, by user name.
    tokens: BTreeMap<&'static str, String>,
    numbers: Numbers,
    strangers: Numbers,
    ground: Ground,
    /// What the bare engine does, by the code of the work.
    twins: BTreeMap<&'static str, Twin>,
    next: AtomicI64,
    resident_most: f64,
}

impl<'a> Site<'a> {
    fn open(choice: &'a Choice, home: &'a Home, mut ground: Ground, works: &[&Work]) -> Outcome<Self> {
        let product = product(choice, home)?;
        let (tokens, numbers, strangers) =
            (company::tokens(product.address), Numbers::fresh(), Numbers::counting());
        let mut twins = BTreeMap::new();
        let mut engine = Bare::open(&home.url)?;
        for work in works {
            let Some(twin) = work.twin else { continue };
            twins.insert(work.code, twin(&mut engine, &ground)?);
            let client =
                Client { ground: &ground, tokens: &tokens, numbers: &numbers, strangers: &strangers };
            let mut bytes = Vec::new();
            (work.script)(&client, 0).next(None, &mut bytes);
            let answer = once(product.address, bytes)?;
            if !(200..300).contains(&answer.status) {
                let said = String::from_utf8_lossy(&answer.body).into_owned();
                return Err(format!("{}: {} {said}", work.name, answer.status).into());
            }
            ground.bytes.insert(work.code.to_owned(), answer.body.len());
        }
        eprintln!("{}: an answer has so many bytes: {:?}", home.name, ground.bytes);
        let arguments = [home.url.as_str(), &serde_json::to_string(&ground)?];
        let bare = Server::start(BARE, &arguments, &home.file("bare.log"))?;
        let (next, resident_most) = (AtomicI64::new(NUMBERS_APART), 0.0);
        Ok(Self {
            choice,
            home,
            product,
            bare,
            tokens,
            numbers,
            strangers,
            ground,
            twins,
            next,
            resident_most,
        })
    }

    /// Access tokens are short-lived.
    fn sign_in(&mut self) {
        self.tokens = company::tokens(self.product.address);
    }

    fn token(&self, username: &str) -> String {
        self.tokens.get(username).cloned().unwrap_or_default()
    }

    fn length(&self) -> Duration {
        Duration::from_secs_f64(self.choice.seconds)
    }

    fn script(&self, work: &Work, bare: bool, index: u32) -> Box<dyn Script> {
        let Self { ground, tokens, numbers, strangers, .. } = self;
        let script = (work.script)(&Client { ground, tokens, numbers, strangers }, index);
        if bare { Box::new(Bared { script, code: work.code, turn: first_turn(index) }) } else { script }
    }

    fn press(&mut self, work: &Work, bare: bool, length: Duration, pressure: Pressure) -> Outcome<Measured> {
        let server = if bare { &self.bare } else { &self.product };
        let used = || server.processor() + self.home.processor();
        let before = used();
        let script = |index| self.script(work, bare, index);
        let mut measured = run(server.address, self.choice.connections, length, pressure, &script)?;
        let units = f64::from(u32::try_from(measured.latencies.len().max(1))?);
        measured.processor = (used() - before) * 1_000.0 / units;
        if let Some(failure) = &measured.first_failure {
            let (what, failures) = (work.name, measured.failures);
            return Err(format!("{what}: {failures} requests failed, the first with {failure}").into());
        }
        self.resident_most = self.resident_most.max(self.product.resident());
        Ok(measured)
    }

    /// What is done once for many, each by the clock.
    fn timed(&self, timings: &[&Timing]) -> Outcome<Vec<Timed>> {
        let (choice, url, ground) = (self.choice, self.home.url.as_str(), &self.ground);
        let time = |timing: &&Timing| {
            eprintln!("{}: {}", self.home.name, timing.name);
            timing.time(&Scene { choice, url, hands: Hands::of(self.product.address), ground })
        };
        timings.iter().map(time).collect()
    }

    fn warm_up(&mut self, works: &[&Work]) -> Outcome<()> {
        for work in works {
            let length = |millis| self.length().min(Duration::from_millis(millis));
            let (product, bare) = (length(1_500), length(1_000));
            self.press(work, false, product, Pressure::Full)?;
            if work.twin.is_some() {
                self.press(work, true, bare, Pressure::Full)?;
            }
        }
        Ok(())
    }

    fn round(&mut self, work: &Work, taken: &mut Taken) -> Outcome<()> {
        if let Some(twin) = self.twins.get(work.code) {
            taken.engine.push(self.bare_engine(twin)?);
            let measured = self.press(work, true, self.length(), Pressure::Full)?;
            taken.http.push(measured.rate());
            taken.bare_processor.push(measured.processor);
        }
        let measured = self.press(work, false, self.length(), Pressure::Full)?;
        taken.product.push(measured.rate());
        taken.processor.push(measured.processor);
        taken.latencies.absorb(measured);
        Ok(())
    }

    /// The bare engine without HTTP, on as many threads as the servers have.
    fn bare_engine(&self, twin: &Twin) -> Outcome<f64> {
        let (url, length) = (&self.home.url, self.length());
        match twin {
            Twin::Read(reads) => without_http(url, READERS, length, &|bare, turn| {
                reads(bare, u64::try_from(turn)?)?;
                Ok(1)
            }),
            Twin::Write(writes) => {
                // So many at a time as there are clients who wait together.
                let (connections, next) = (usize::try_from(self.choice.connections)?, &self.next);
                let is_sqlite = url.starts_with("sqlite:");
                let (threads, group) = if is_sqlite { (1, connections.min(GROUP_MAX)) } else { (WRITERS, 1) };
                without_http(url, threads, length, &|bare, _| {
                    let size = i64::try_from(group)?;
                    let first = next.fetch_add(size, Ordering::Relaxed);
                    bare.insert_group((first..first + size).map(|number| (writes, number)))?;
                    Ok(group)
                })
            }
        }
    }

    /// Median milliseconds of the first and the thousandth page, in turns over one connection.
    fn pages(&self) -> Outcome<(f64, f64)> {
        let token = self.token("finance");
        let fetch = |path: &str| -> Outcome<(f64, Value)> {
            let mut bytes = Vec::new();
            request("GET", path, &[("Authorization", &token)], "", &mut bytes);
            let started = Instant::now();
            let answer = once(self.product.address, bytes)?;
            Ok((started.elapsed().as_secs_f64() * 1_000.0, serde_json::from_slice(&answer.body)?))
        };
        let (mut path, mut page) = (LIST.to_owned(), 1);
        while page < 1_000 {
            let (_, body) = fetch(&path)?;
            let Some(cursor) = body["next_cursor"].as_str() else { break };
            path = format!("{LIST}&cursor={cursor}");
            page += 1;
        }
        let (mut first, mut far) = (Vec::new(), Vec::new());
        let started = Instant::now();
        while first.is_empty() || (first.len() < PAGES_MAX && started.elapsed() < self.length()) {
            first.push(fetch(LIST)?.0);
            far.push(fetch(&path)?.0);
        }
        Ok((median(first), median(far)))
    }

    fn export(&self, format: &'static str) -> Outcome<Export> {
        export(&self.product, &self.token("finance"), format)
    }

    fn row(&mut self, work: &Work, taken: Taken) -> Outcome<Row> {
        let peak = median(taken.product);
        let half = self.press(work, false, self.length(), Pressure::Rate((peak / 2.0).max(1.0)))?;
        let some = |figures: Vec<f64>| (!figures.is_empty()).then(|| median(figures));
        Ok(Row {
            engine: self.home.name.to_owned(),
            work: work.name,
            bare_engine: some(taken.engine),
            bare_http: some(taken.http),
            product: peak,
            bare_processor: some(taken.bare_processor),
            processor: median(taken.processor),
            peak_p50: taken.latencies.quantile(500),
            peak_p99: taken.latencies.quantile(990),
            half_p50: half.quantile(500),
            half_p99: half.quantile(990),
        })
    }
}
