//! One engine: set up, fill, then round after round bare engine, bare HTTP and product in turn.

use crate::{
    Choice, Outcome,
    bare::{Bare, Pattern},
    bare_server::{GROUP_MAX, READERS, WRITERS, without_http},
    company::{self, Company},
    engine::Home,
    export::{Export, export},
    fill::{fill, id_of, scramble},
    import::import,
    ledger,
    load::{Measured, Pressure, Script, once, request, run},
    report::{Engine, Report, Row, median},
    server::{BARE, PRODUCT, Server},
    work::{Course, Create, LIST, Numbers, Same, Show},
};
use clap::ValueEnum;
use persistence::spine::Key;
use serde_json::Value;
use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, Instant},
};

/// How often a page is fetched at most.
const PAGES_MAX: usize = 200;

/// What is done, and how.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Work {
    /// One claim by its id.
    Show,
    /// Fifty claims, filtered and sorted.
    List,
    /// A claim with two lines.
    Create,
    /// A claim that is submitted and reserves of one budget line.
    Charge,
    /// A claim that is submitted and approved twice.
    Course,
}

impl Work {
    /// What was chosen, or everything.
    fn chosen(choice: &Choice) -> &[Self] {
        if choice.work.is_empty() { Self::value_variants() } else { &choice.work }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Show => "show a claim",
            Self::List => "list 50, filtered and sorted",
            Self::Create => "create with 2 lines",
            Self::Charge => "create, submit, reserve of one budget line",
            Self::Course => "create, submit, approve twice",
        }
    }

    /// Whether the bare engine has something like it.
    fn has_bare(self) -> bool {
        !matches!(self, Self::Charge | Self::Course)
    }
}

/// Measures one engine.
pub fn engine(choice: &Choice, home: Home, report: &mut Report) -> Outcome<()> {
    let say = |what: &str| eprintln!("{}: {what}", home.name);
    say("setting up a company");
    company::administrator(&home.url)?;
    let product = product(choice, &home)?;
    let company = company::set_up(product.address)?;
    drop(product);
    say(&format!("filling in {} claims", choice.claims));
    let started = Instant::now();
    let pattern = Bare::open(&home.url)?.pattern(Key(company.pattern))?;
    let people: Vec<_> =
        company.employees.iter().map(|employee| (Key(company.department), Key(*employee))).collect();
    fill(&home.url, &pattern, choice.claims, &people)?;
    let fill_seconds = started.elapsed().as_secs_f64();
    say(&format!("filled in {fill_seconds:.0} s; filling in {} budget entries", choice.entries));
    let filled = ledger::fill(&home.url, &company, choice.entries)?;
    let mut site = Site::open(choice, &home, &company, pattern)?;
    let resident_idle = site.product.resident();
    site.warm_up()?;
    let mut taken: Vec<Taken> = Work::chosen(choice).iter().map(|_| Taken::default()).collect();
    let (mut first, mut thousandth) = (Vec::new(), Vec::new());
    for round in 1..=choice.rounds {
        say(&format!("round {round} of {}", choice.rounds));
        site.sign_in();
        for (work, taken) in Work::chosen(choice).iter().copied().zip(&mut taken) {
            site.round(work, taken)?;
        }
        let (one, far) = site.pages()?;
        first.push(one);
        thousandth.push(far);
    }
    say("half of the peak");
    for (work, taken) in Work::chosen(choice).iter().copied().zip(taken) {
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
    let finance = &site.tokens[2];
    let executions = ledger::measure(&home.url, site.product.address, finance, filled, choice.rounds)?;
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
    });
    Ok(())
}

fn product(choice: &Choice, home: &Home) -> Outcome<Server> {
    let files = home.file("files").display().to_string();
    let settings = ["--listen", "127.0.0.1:0", "--requests-per-minute", "4000000000"];
    let places = ["--database-url", &home.url, "--files-directory", &files];
    let relaxed = choice.relaxed.then_some("--relaxed-durability");
    let arguments: Vec<&str> = settings.into_iter().chain(places).chain(relaxed).collect();
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
    /// Of a submitter, the head of the department, finance, and a submitter who has a budget.
    tokens: [String; 4],
    numbers: Numbers,
    pattern: Pattern,
    next: AtomicI64,
    resident_most: f64,
}

impl<'a> Site<'a> {
    fn open(choice: &'a Choice, home: &'a Home, company: &Company, pattern: Pattern) -> Outcome<Self> {
        let product = product(choice, home)?;
        let token = company::sign_in(product.address, "finance");
        let size = |path: &str| {
            let mut bytes = Vec::new();
            request("GET", path, &[("Authorization", &format!("Bearer {token}"))], "", &mut bytes);
            once(product.address, bytes).map(|answer| answer.body.len().to_string())
        };
        let document = size(&format!("/api/v1/expense-claims/{}", company.pattern))?;
        let list = size(LIST)?;
        eprintln!("{}: a claim is {document} bytes, a list of 50 is {list}", home.name);
        let arguments = [home.url.as_str(), &company.pattern.to_string(), &document, &list];
        let bare = Server::start(BARE, &arguments, &home.file("bare.log"))?;
        // Numbers of the measurement without HTTP stand apart from those of the bare server.
        let next = AtomicI64::new(500_000_000_000);
        let mut site = Self {
            choice,
            home,
            product,
            bare,
            tokens: Default::default(),
            numbers: Numbers::fresh(),
            pattern,
            next,
            resident_most: 0.0,
        };
        site.sign_in();
        Ok(site)
    }

    /// Access tokens are short-lived.
    fn sign_in(&mut self) {
        self.tokens = ["staff", "head", "finance", "spender"]
            .map(|username| format!("Bearer {}", company::sign_in(self.product.address, username)));
    }

    fn length(&self) -> Duration {
        Duration::from_secs_f64(self.choice.seconds)
    }

    fn script(&self, work: Work, bare: bool, index: u32) -> Box<dyn Script> {
        let [staff, head, finance, spender] = self.tokens.clone();
        let path = |ours, theirs| if bare { theirs } else { ours };
        match work {
            Work::Show => Box::new(Show {
                prefix: path("/api/v1/expense-claims/", "/claims/"),
                token: finance,
                claims: self.choice.claims,
                turn: u64::from(index) << 40,
            }),
            Work::List => Box::new(Same { path: path(LIST, "/claims").to_owned(), token: finance }),
            Work::Create => Box::new(Create {
                path: path("/api/v1/expense-claims", "/claims"),
                token: staff,
                numbers: self.numbers.clone(),
            }),
            Work::Charge | Work::Course => {
                let (submitter, stages) = if work == Work::Charge { (spender, 2) } else { (staff, 4) };
                Box::new(Course { submitter, head, finance, numbers: self.numbers.clone(), stage: 0, stages })
            }
        }
    }

    fn press(&mut self, work: Work, bare: bool, length: Duration, pressure: Pressure) -> Outcome<Measured> {
        let address = if bare { self.bare.address } else { self.product.address };
        let server = if bare { &self.bare } else { &self.product };
        let used = || server.processor() + self.home.processor();
        let before = used();
        let mut measured =
            run(address, self.choice.connections, length, pressure, &|index| self.script(work, bare, index))?;
        let units = f64::from(u32::try_from(measured.latencies.len().max(1))?);
        measured.processor = (used() - before) * 1_000.0 / units;
        if let Some(failure) = &measured.first_failure {
            let (what, failures) = (work.name(), measured.failures);
            return Err(format!("{what}: {failures} requests failed, the first with {failure}").into());
        }
        self.resident_most = self.resident_most.max(self.product.resident());
        Ok(measured)
    }

    fn warm_up(&mut self) -> Outcome<()> {
        for work in Work::chosen(self.choice).iter().copied() {
            let length = |millis| self.length().min(Duration::from_millis(millis));
            let (product, bare) = (length(1_500), length(1_000));
            self.press(work, false, product, Pressure::Full)?;
            if work.has_bare() {
                self.press(work, true, bare, Pressure::Full)?;
            }
        }
        Ok(())
    }

    fn round(&mut self, work: Work, taken: &mut Taken) -> Outcome<()> {
        if work.has_bare() {
            taken.engine.push(self.bare_engine(work)?);
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
    fn bare_engine(&self, work: Work) -> Outcome<f64> {
        let claims = self.choice.claims;
        let sqlite = self.home.url.starts_with("sqlite:");
        let connections = usize::try_from(self.choice.connections)?;
        match work {
            Work::Show => without_http(&self.home.url, READERS, self.length(), &|bare, turn| {
                Ok(usize::from(bare.document(id_of(scramble(u64::try_from(turn)?) % claims)).is_ok()))
            }),
            Work::List => without_http(&self.home.url, READERS, self.length(), &|bare, _| {
                bare.list()?;
                Ok(1)
            }),
            Work::Create | Work::Charge | Work::Course => {
                // So many at a time as there are clients who wait together.
                let (next, pattern) = (&self.next, &self.pattern);
                let (threads, group) = if sqlite { (1, connections.min(GROUP_MAX)) } else { (WRITERS, 1) };
                without_http(&self.home.url, threads, self.length(), &|bare, _| {
                    let size = i64::try_from(group)?;
                    let first = next.fetch_add(size, Ordering::Relaxed);
                    let claims: Vec<_> =
                        (first..first + size).map(|number| pattern.numbered(number)).collect();
                    bare.insert_group(&claims)?;
                    Ok(group)
                })
            }
        }
    }

    /// Median milliseconds of the first and the thousandth page, in turns over one connection.
    fn pages(&self) -> Outcome<(f64, f64)> {
        let fetch = |path: &str| -> Outcome<(f64, Value)> {
            let mut bytes = Vec::new();
            request("GET", path, &[("Authorization", &self.tokens[2])], "", &mut bytes);
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
        export(&self.product, &self.tokens[2], format)
    }

    fn row(&mut self, work: Work, taken: Taken) -> Outcome<Row> {
        let peak = median(taken.product);
        let half = self.press(work, false, self.length(), Pressure::Rate((peak / 2.0).max(1.0)))?;
        let some = |figures: Vec<f64>| (!figures.is_empty()).then(|| median(figures));
        Ok(Row {
            engine: self.home.name.to_owned(),
            work: work.name(),
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
