//! The format of signed tokens, after RFC 2104, RFC 8018 and FIPS 180-4, with integers only.

use std::sync::LazyLock;

use data_encoding::BASE64URL_NOPAD;

const PRIMES: [u32; 64] = {
    let (mut primes, mut found, mut candidate) = ([0; 64], 0, 2);
    while found < 64 {
        let mut divisor = 2;
        while candidate % divisor != 0 {
            divisor += 1;
        }
        if divisor == candidate {
            primes[found] = candidate;
            found += 1;
        }
        candidate += 1;
    }
    primes
};

/// The initial state and the round constants of SHA-256: fractions of square and of cube roots.
static CONSTANTS: LazyLock<([u32; 8], [u32; 64])> = LazyLock::new(|| {
    (
        std::array::from_fn(|index| fraction(PRIMES[index], 2)),
        PRIMES.map(|prime| fraction(prime, 3)),
    )
});

/// The first 32 bits of the fraction of a root of a prime. The root is the largest x, in units of
/// 2^-32, with x^power <= prime.
fn fraction(prime: u32, power: u32) -> u32 {
    let (mut low, mut high) = (0_u128, u128::from(prime) << 32);
    // prime << (32 * power) has at most 9 + 96 bits.
    let target = u128::from(prime) << (32 * power);
    while low + 1 < high {
        let middle = low.midpoint(high);
        match middle.checked_pow(power) {
            Some(raised) if raised <= target => low = middle,
            _ => high = middle,
        }
    }
    low as u32
}

fn sha256(message: &[u8]) -> [u8; 32] {
    let (start, constants) = &*CONSTANTS;
    let mut hash = *start;
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize(
        padded.len().next_multiple_of(64) + if padded.len() % 64 > 56 { 64 } else { 0 },
        0,
    );
    let end = padded.len() - 8;
    padded[end..].copy_from_slice(&(message.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks(64) {
        compress(&mut hash, block, constants);
    }
    let mut bytes = [0; 32];
    for (index, word) in hash.iter().enumerate() {
        bytes[4 * index..][..4].copy_from_slice(&word.to_be_bytes());
    }
    bytes
}

fn compress(hash: &mut [u32; 8], block: &[u8], constants: &[u32; 64]) {
    let mut words: Vec<u32> = block
        .chunks(4)
        .map(|word| u32::from_be_bytes(word.try_into().unwrap()))
        .collect();
    for at in 16..64 {
        let (near, far) = (words[at - 15], words[at - 2]);
        let near = near.rotate_right(7) ^ near.rotate_right(18) ^ (near >> 3);
        let far = far.rotate_right(17) ^ far.rotate_right(19) ^ (far >> 10);
        words.push(
            words[at - 16]
                .wrapping_add(near)
                .wrapping_add(words[at - 7])
                .wrapping_add(far),
        );
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *hash;
    for at in 0..64 {
        let sum = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let choice = (e & f) ^ (!e & g);
        let first = h
            .wrapping_add(sum)
            .wrapping_add(choice)
            .wrapping_add(constants[at])
            .wrapping_add(words[at]);
        let sum = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let second = sum.wrapping_add((a & b) ^ (a & c) ^ (b & c));
        (h, g, f, e, d, c, b, a) = (
            g,
            f,
            e,
            d.wrapping_add(first),
            c,
            b,
            a,
            first.wrapping_add(second),
        );
    }
    for (word, more) in hash.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.wrapping_add(more);
    }
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0; 64];
    match key.len() {
        0..=64 => block[..key.len()].copy_from_slice(key),
        _ => block[..32].copy_from_slice(&sha256(key)),
    }
    let inner = sha256(&[&block.map(|byte| byte ^ 0x36)[..], message].concat());
    sha256(&[&block.map(|byte| byte ^ 0x5c)[..], &inner].concat())
}

/// PBKDF2 for a key of 32 bytes.
pub(crate) fn derive(secret: &[u8], salt: &[u8]) -> [u8; 32] {
    let mut step = hmac(secret, &[salt, &[0, 0, 0, 1]].concat());
    let mut key = step;
    for _ in 1..1000 {
        step = hmac(secret, &step);
        key.iter_mut()
            .zip(step)
            .for_each(|(byte, other)| *byte ^= other);
    }
    key
}

/// The payload of a token, if its signature is right.
pub(crate) fn verify(secret: &str, salt: &str, token: &str) -> Option<Vec<u8>> {
    let (signed, signature) = token.rsplit_once('.')?;
    let expected = hmac(
        &derive(secret.as_bytes(), salt.as_bytes()),
        signed.as_bytes(),
    );
    let payload = signed.strip_prefix("SFMyNTY.")?;
    if signature != BASE64URL_NOPAD.encode(&expected) {
        return None;
    }
    BASE64URL_NOPAD.decode(payload.as_bytes()).ok()
}

/// A token with that payload.
pub(crate) fn sign(secret: &str, salt: &str, payload: &[u8]) -> String {
    let signed = format!("SFMyNTY.{}", BASE64URL_NOPAD.encode(payload));
    let signature = hmac(
        &derive(secret.as_bytes(), salt.as_bytes()),
        signed.as_bytes(),
    );
    format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
}

#[test]
fn is_the_hash_function_of_the_standard() {
    let hash = |text: &str| data_encoding::HEXLOWER.encode(&sha256(text.as_bytes()));
    assert_eq!(
        hash("abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    let long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    assert_eq!(
        hash(long),
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    );
}
