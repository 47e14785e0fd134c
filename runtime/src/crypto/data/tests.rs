use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::*;

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct User {
    name: String,
    id: u64,
    admin: bool,
    seen: Option<i128>,
    score: f32,
    place: (i8, char),
    roles: Vec<Role>,
    unit: (),
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
enum Role {
    Guest,
    Member(u8),
    Owner { of: BTreeMap<String, u16> },
    Pair(u8, u8),
}

fn user() -> User {
    User {
        name: "Ada".to_owned(),
        id: u64::MAX,
        admin: true,
        seen: Some(i128::from(i64::MIN) - 1),
        score: 0.5,
        place: (-1, 'é'),
        roles: vec![
            Role::Guest,
            Role::Member(7),
            Role::Owner {
                of: BTreeMap::from([("b".to_owned(), 300), ("a".to_owned(), 1)]),
            },
        ],
        unit: (),
    }
}

#[test]
fn any_type_comes_back() {
    let term = to_term(&user()).expect("has a form");
    assert_eq!(
        from_term::<User>(Term::decode(&term.encode()).expect("own")),
        Some(user())
    );
}

#[test]
fn a_struct_is_a_map_with_its_keys_in_erlangs_order() {
    let Term::Map(pairs) = to_term(&user()).expect("has a form") else {
        panic!("a map")
    };
    let keys: Vec<_> = pairs.iter().map(|(key, _)| key.clone()).collect();
    assert_eq!(
        keys,
        [
            "admin", "id", "name", "place", "roles", "score", "seen", "unit"
        ]
        .map(Term::text)
    );
}

#[test]
fn keys_and_texts_may_be_atoms() {
    let term = Term::Map(vec![(
        Term::Atom("a".to_owned()),
        Term::Atom("b".to_owned()),
    )]);
    assert_eq!(
        from_term(term),
        Some(BTreeMap::from([("a".to_owned(), "b".to_owned())]))
    );
}

#[test]
fn other_types_are_refused() {
    assert_eq!(from_term::<u8>(Term::Int(256)), None);
    assert_eq!(from_term::<u8>(Term::text("1")), None);
    assert_eq!(
        from_term::<(u8, u8)>(Term::Tuple(vec![Term::Int(1); 3])),
        None
    );
    assert_eq!(from_term::<String>(Term::Opaque(vec![88])), None);
    assert_eq!(from_term::<Role>(Term::text("Member")), None);
    assert_eq!(from_term::<Role>(Term::text("Unknown")), None);
}

#[test]
fn what_has_no_form_is_an_error() {
    assert!(to_term(&f64::NAN).is_err());
    assert!(to_term(&u128::MAX).is_err());
    assert!(to_term(&Role::Pair(1, 2)).is_err());
}
