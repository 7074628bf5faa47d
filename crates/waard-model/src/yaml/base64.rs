//! Bytes as text: the standard alphabet of RFC 4648 with padding, as Kubernetes writes `data`.

/// `bytes` in base64.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let (first, second, third) = match *chunk {
            [first, second, third] => (first, Some(second), Some(third)),
            [first, second] => (first, Some(second), None),
            [first] => (first, None, None),
            _ => continue,
        };
        let (middle, end) = (second.unwrap_or(0), third.unwrap_or(0));
        out.push(digit(first >> 2));
        out.push(digit((first & 0b11) << 4 | middle >> 4));
        out.push(second.map_or('=', |_| digit((middle & 0b1111) << 2 | end >> 6)));
        out.push(third.map_or('=', |_| digit(end & 0b11_1111)));
    }
    out
}

/// The digit for a value below 64.
fn digit(value: u8) -> char {
    char::from(match value {
        0..26 => b'A' + value,
        26..52 => b'a' + (value - 26),
        52..62 => b'0' + (value - 52),
        62 => b'+',
        _ => b'/',
    })
}
