// A front end in small: made of the document alone, strict, and run against the server. It signs in, sets up what it needs,
// filters, pages, acts, and meets 401, 404, 412, 422 and 428 as the document says them.
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./api";

declare const process: { argv: string[] };
const [base, username, password] = process.argv.slice(2);
if (!base || !username || !password) throw new Error("client BASE USER PASSWORD");

type Problem = components["schemas"]["Problem"];

let token: string | undefined;
const signed: Middleware = {
  onRequest({ request }) {
    if (token) request.headers.set("Authorization", `Bearer ${token}`);
    request.headers.set("Accept-Language", "en");
    return request;
  },
};
// Several values of one parameter stand between commas, as the document says (`explode: false`).
const client = createClient<paths>({ baseUrl: base, querySerializer: { array: { style: "form", explode: false } } });
client.use(signed);

function must<T>(what: string, value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error(`${what}: nothing`);
  return value;
}
function same<T>(what: string, found: T, expected: T): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`${what}: ${JSON.stringify(found)} is not ${JSON.stringify(expected)}`);
  }
}
function refused(what: string, answer: { response: Response; error?: Problem }, status: number, code: string): Problem {
  same(`${what}: status`, answer.response.status, status);
  const problem = must(what, answer.error);
  same(`${what}: code`, problem.code, code);
  return problem;
}

// Whoever has not signed in is told so.
refused("a stranger", await client.GET("/api/v1/me"), 401, "http.unauthenticated");
const session = await client.POST("/api/v1/sessions", { body: { username, password } });
token = must("a session", session.data).access_token;
const me = must("oneself", (await client.GET("/api/v1/me")).data);
same("whoever signed in", me.username, username);

// Something to show: departments, in pages of two, in the order asked for.
const codes = ["ts-a", "ts-b", "ts-c"];
for (const code of codes) {
  const made = await client.POST("/api/v1/departments", {
    body: { code, name_zh: `部门${code}`, name_en: code },
    headers: { "Idempotency-Key": `department-${code}` },
  });
  must(code, made.data);
}
const seen: string[] = [];
let cursor: string | undefined;
do {
  const page = await client.GET("/api/v1/departments", {
    params: { query: { q: "ts-", sort: "code", limit: 2, include_total: true, ...(cursor ? { cursor } : {}) } },
  });
  const list = must("a page", page.data);
  same("how many there are in all", list.total, 3);
  seen.push(...list.data.map((department) => department.code));
  cursor = list.next_cursor ?? undefined;
} while (cursor);
same("all pages", seen, codes);
const first = must("the first", (await client.GET("/api/v1/departments", { params: { query: { q: "ts-a" } } })).data).data[0];
const id = must("the first", first).id;

// Acting on what was read: without its version, with an old one, with the right one.
const path = { id };
const without = await client.PATCH("/api/v1/departments/{id}", {
  params: { path, header: { "If-Match": "" } },
  body: { name_en: "Renamed" },
});
same("an empty If-Match", without.response.status >= 400, true);
const shown = await client.GET("/api/v1/departments/{id}", { params: { path } });
const version = must("a version", shown.response.headers.get("ETag"));
const renamed = await client.PATCH("/api/v1/departments/{id}", {
  params: { path, header: { "If-Match": version } },
  body: { name_en: "Renamed" },
});
same("renamed", must("the department", renamed.data).name_en, "Renamed");
const stale = await client.PATCH("/api/v1/departments/{id}", {
  params: { path, header: { "If-Match": version } },
  body: { name_en: "Again" },
});
refused("an old version", stale, 412, "http.stale");

// What is wrong is told with its place.
const wrong = await client.POST("/api/v1/departments", { body: { code: "", name_zh: "", name_en: "x" } });
const places = must("places", refused("a wrong body", wrong, 422, "validation.failed").errors).map((error) => error.pointer);
same("the places of what is wrong", places.sort(), ["/code", "/name_zh"]);
const nobody = "019ccccc-0000-7000-8000-00000000dead";
refused("nobody", await client.GET("/api/v1/departments/{id}", { params: { path: { id: nobody } } }), 404, "http.not_found");

// A filter of several values is a list of them.
const claims = await client.GET("/api/v1/expense-claims", { params: { query: { status: ["draft", "in_approval"] } } });
same("no claims yet", must("a list", claims.data).data, []);

// A file goes up as a form, and comes down as it was.
const text = "%PDF-1.4\n% an invoice\n";
const uploaded = await client.POST("/api/v1/files", {
  body: { file: text },
  bodySerializer() {
    const form = new FormData();
    form.append("file", new Blob([text], { type: "application/pdf" }), "invoice.pdf");
    return form;
  },
});
const file = must("a file", uploaded.data);
const content = await client.GET("/api/v1/files/{id}/content", { params: { path: { id: file.id } }, parseAs: "text" });
same("the file", content.data as unknown, text);
console.log("the client of openapi-fetch compiles and runs");
