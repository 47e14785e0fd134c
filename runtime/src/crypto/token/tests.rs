use super::*;

fn secret() -> Secret {
    Secret::from("a secret for tests that is long enough")
}

fn tokens() -> Tokens {
    Tokens::new(&secret(), "salt").expect("long enough")
}

fn seal(term: &Term) -> String {
    message::sign(&tokens().derived(), &term.encode())
}

#[test]
fn older_payloads_are_good_for_a_day() {
    let now = Term::Int(unix_millis(SystemTime::now()));
    let old = Term::Int(unix_millis(SystemTime::now()) - 86_400_001);
    let map = |signed: &Term| {
        let pair = |name: &str, value: &Term| (Term::Atom(name.to_owned()), value.clone());
        Term::Map(vec![pair("data", &Term::Int(1)), pair("signed", signed)])
    };
    let pair = |signed: &Term| Term::Tuple(vec![Term::Int(1), signed.clone()]);
    for (form, signed, result) in [
        (map(&now), &now, Ok(1)),
        (map(&old), &old, Err(TokenError::Expired)),
        (pair(&now), &now, Ok(1)),
        (pair(&old), &old, Err(TokenError::Expired)),
    ] {
        assert_eq!(
            tokens().verify::<u8>(seal(&form).as_str()),
            result,
            "{form:?} of {signed:?}"
        );
    }
}

#[test]
fn payloads_of_another_form_are_invalid() {
    let now = Term::Int(unix_millis(SystemTime::now()));
    for form in [
        Term::Int(1),
        Term::Map(Vec::new()),
        Term::Tuple(vec![Term::Int(1)]),
        Term::Tuple(vec![Term::Int(1), Term::text("then")]),
        Term::Tuple(vec![Term::Int(1), now.clone(), Term::nil()]),
        Term::Tuple(vec![Term::Int(1), now.clone(), Term::Int(1), Term::Int(1)]),
    ] {
        assert_eq!(
            tokens().verify::<u8>(seal(&form).as_str()),
            Err(TokenError::Invalid),
            "{form:?}"
        );
    }
    assert_eq!(
        tokens().verify::<u8>(message::sign(&tokens().derived(), b"no term").as_str()),
        Err(TokenError::Invalid)
    );
}

#[test]
fn extreme_times_and_ages_do_no_harm() {
    let form = |signed, age| Term::Tuple(vec![Term::Int(1), Term::Int(signed), Term::Int(age)]);
    for (signed, age, result) in [
        (i128::MAX, i128::MAX, Ok(1)),
        (i128::MIN + 1, i128::MAX, Err(TokenError::Expired)),
        (i128::MAX, i128::MIN + 1, Err(TokenError::Expired)),
        (0, -1, Err(TokenError::Expired)),
    ] {
        assert_eq!(
            tokens().verify::<u8>(seal(&form(signed, age)).as_str()),
            result,
            "{signed} {age}"
        );
    }
    let before = UNIX_EPOCH - Duration::from_secs(1);
    let token = tokens()
        .never_expire()
        .sign_at(&1, before)
        .expect("an integer");
    assert_eq!(
        tokens().verify::<u8>(token.as_str()),
        Ok(1),
        "the token says for ever"
    );
}

#[test]
fn says_nothing_of_the_secret() {
    assert_eq!(format!("{:?}", tokens()), "Tokens { salt: \"salt\", .. }");
}
