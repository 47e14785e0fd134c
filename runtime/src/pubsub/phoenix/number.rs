//! Numbers in decimal, as Erlang writes them.

/// The maximum length in bytes of an integer.
pub(super) const LONGEST_INTEGER: usize = 1024;

/// The maximum length in bytes of all integers beyond 128 bits together: turning them takes time by
/// the square.
pub(super) const INTEGERS: usize = 64 * 1024;

/// The shortest digits that give the same float again. A float has a point in any case. The
/// scientific form stands where it is shorter, and beyond 2⁵³.
pub(super) fn float(value: f64) -> String {
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(mantissa) => ("-", mantissa),
        None => ("", mantissa),
    };
    let digits = mantissa.replace('.', "");
    let point: i32 = exponent.parse::<i32>().unwrap_or_default() + 1;
    let plain = plain(&digits, point);
    let short = if digits.len() == 1 {
        format!("{digits}.0e{exponent}")
    } else {
        format!("{mantissa}e{exponent}")
    };
    let is_large = value.abs() >= (1_u64 << 53) as f64;
    match is_large || plain.len() > short.len() {
        true => format!("{sign}{short}"),
        false => format!("{sign}{plain}"),
    }
}

/// Digits with the point behind so many of them.
pub(super) fn plain(digits: &str, point: i32) -> String {
    let length = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or_default());
    match digits.split_at_checked(usize::try_from(point).unwrap_or_default()) {
        Some(("", _)) => format!("0.{}{digits}", zeros(-point)),
        Some((whole, "")) => format!("{whole}.0"),
        Some((whole, rest)) => format!("{whole}.{rest}"),
        None => format!("{digits}{}.0", zeros(point - length)),
    }
}

/// Nineteen digits at once.
const CHUNK: u64 = 10_u64.pow(19);

/// An integer to the base of 256, the lowest digit first, in decimal. Takes time by the square of
/// the length.
pub(super) fn decimal(bytes: &[u8]) -> String {
    let limb = |chunk: &[u8]| {
        let mut limb = [0; 8];
        limb[..chunk.len()].copy_from_slice(chunk);
        u64::from_le_bytes(limb)
    };
    let mut limbs: Vec<u64> = bytes.chunks(8).map(limb).collect();
    let mut chunks = Vec::new();
    loop {
        while limbs.last() == Some(&0) {
            limbs.pop();
        }
        if limbs.is_empty() {
            break;
        }
        let mut rest = 0;
        for limb in limbs.iter_mut().rev() {
            let value = u128::from(rest) << 64 | u128::from(*limb);
            (*limb, rest) = (
                (value / u128::from(CHUNK)) as u64,
                (value % u128::from(CHUNK)) as u64,
            );
        }
        chunks.push(rest);
    }
    let Some(highest) = chunks.pop() else {
        return "0".to_owned();
    };
    let mut text = highest.to_string();
    for chunk in chunks.iter().rev() {
        text.push_str(&format!("{chunk:019}"));
    }
    text
}

/// A decimal integer to the base of 256, the lowest digit first. Takes time by the square of the
/// length.
pub(super) fn bytes(digits: &str) -> Vec<u8> {
    let mut limbs: Vec<u64> = Vec::with_capacity(digits.len() / 19 + 1);
    for chunk in digits.as_bytes().chunks(19) {
        let scale = 10_u64.pow(chunk.len() as u32);
        let mut carry = chunk
            .iter()
            .fold(0, |value, digit| value * 10 + u64::from(digit - b'0'));
        for limb in &mut limbs {
            let value = u128::from(*limb) * u128::from(scale) + u128::from(carry);
            (*limb, carry) = (value as u64, (value >> 64) as u64);
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    let mut bytes: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
    while bytes.last() == Some(&0) {
        bytes.pop();
    }
    bytes
}
