//! What the product says about itself.

use tests::{App, stories};

stories! {
    every_problem_has_a_page_that_explains_it,
    every_enum_has_labels_in_two_languages,
    every_permission_has_a_label_in_two_languages,
    the_product_tells_its_version,
    the_document_is_served_and_can_be_browsed,
    the_page_of_the_document_is_small_and_asked_for_once,
}

fn every_problem_has_a_page_that_explains_it(app: App) {
    let problem = app.anonymous().get("/api/v1/nothing").refuses(404, "http.not_found");
    let page = app.anonymous().get(&problem.text("/type")).expect(200);
    assert_eq!((page.text("/code").as_str(), page.at("/status")), ("http.not_found", 404.into()));
    for meaning in api::catalogue() {
        let page = app.anonymous().get(&format!("/problems/{}", meaning.code)).expect(200);
        assert_eq!((page.text("/zh"), page.text("/en")), (meaning.zh.to_owned(), meaning.en.to_owned()));
    }
    app.anonymous().get("/problems/no.such_problem").refuses(404, "http.not_found");
}

fn every_permission_has_a_label_in_two_languages(app: App) {
    let labels = app.anonymous().get("/api/v1/meta/permissions").expect(200);
    let labels = labels.at("/data").as_array().cloned().unwrap_or_default();
    assert_eq!(labels.len(), domain::spine::Permission::ALL.len());
    assert!(labels.iter().all(|label| label["zh"].is_string() && label["en"].is_string()));
}

fn every_enum_has_labels_in_two_languages(app: App) {
    let enums = app.anonymous().get("/api/v1/meta/enums").expect(200);
    let enums = enums.at("/data").as_array().cloned().unwrap_or_default();
    assert_eq!(enums.len(), api::enums().count());
    let status = enums.iter().find(|labels| labels["name"] == "ExpenseClaimStatus").expect("the claim's");
    let waiting = serde_json::json!({"code": "in_approval", "zh": "审批中", "en": "In approval"});
    assert_eq!(status["values"][1], waiting);
}

fn the_product_tells_its_version(app: App) {
    let version = app.anonymous().get("/version").expect(200).text("/version");
    assert!(version.split('.').count() == 3 && version.split('.').all(|part| part.parse::<u32>().is_ok()));
}

fn the_document_is_served_and_can_be_browsed(app: App) {
    let document = app.anonymous().get("/openapi.json").expect(200);
    let generated: serde_json::Value =
        serde_json::from_str(&api::command::openapi::text(None).expect("a document")).expect("JSON");
    assert_eq!(document.json(), generated);
    let tag = document.header("etag").expect("a version");
    let again = app.anonymous().with("If-None-Match", tag).get("/openapi.json").expect(304);
    assert!(again.bytes.is_empty());
    let choices = app.anonymous().get("/docs/swagger-initializer.js").expect(200);
    let choices = String::from_utf8_lossy(&choices.bytes).into_owned();
    for wing in api::WINGS {
        let path = format!("/openapi/{}.json", wing.name);
        let document = app.anonymous().get(&path).expect(200).json();
        let title = document["info"]["title"].as_str().unwrap_or_default();
        assert!(title.contains(wing.zh) && choices.contains(&path), "{title}\n{choices}");
    }
    app.anonymous().get("/openapi/garden.json").refuses(404, "http.not_found");
    let page = app.anonymous().get("/docs/").expect(200);
    let html = String::from_utf8_lossy(&page.bytes).into_owned();
    assert!(html.contains("swagger") && !html.contains("//cdn") && !html.contains("https://"), "{html}");
}

fn the_page_of_the_document_is_small_and_asked_for_once(app: App) {
    let guest = app.anonymous();
    for place in ["/", "/docs"] {
        let page = guest.get(place).expect(200);
        assert!(String::from_utf8_lossy(&page.bytes).contains("swagger"), "{place} leads to the page");
    }
    for file in ["/openapi.json", "/docs/swagger-ui-bundle.js", "/docs/"] {
        let whole = guest.get(file).expect(200);
        let packed = guest.with("Accept-Encoding", "br;q=1.0, gzip").get(file).expect(200);
        assert_eq!(packed.header("content-encoding").as_deref(), Some("gzip"), "{file}");
        assert!(packed.header("vary").is_some_and(|vary| vary.contains("Accept-Encoding")), "{file}");
        assert_eq!(packed.bytes[..2], [0x1f, 0x8b], "{file}");
        assert!(packed.bytes.len() * 2 < whole.bytes.len() + 1_000, "{file} is packed");
        let plain = guest.with("Accept-Encoding", "gzip;q=0").get(file).expect(200);
        assert_eq!((plain.header("content-encoding"), plain.bytes.len()), (None, whole.bytes.len()));
        let tag = packed.header("etag").expect("a version");
        guest.with("If-None-Match", tag).get(file).expect(304);
    }
    let choices = guest.get("/docs/swagger-initializer.js").expect(200);
    let choices = String::from_utf8_lossy(&choices.bytes).replace(' ', "");
    for chosen in [r#""filter":true"#, r#""docExpansion":"none""#, r#""persistAuthorization":true"#] {
        assert!(choices.contains(chosen), "{choices}");
    }
    guest.get("/docs/no-such-file.js").refuses(404, "http.not_found");
}
