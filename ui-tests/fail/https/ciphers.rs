landfall::endpoint! {
    pub struct Web;
    https(
        certfile = "a.pem",
        keyfile = "a.key",
        ciphers = ["ECDHE-RSA-AES128-GCM-SHA256", "RC4-MD5"],
    );
}

mod one {
    landfall::endpoint! {
        pub struct Web;
        https(certfile = "a.pem", keyfile = "a.key", ciphers = "TLS_AES_256_GCM_SHA384");
    }
}

mod none {
    landfall::endpoint! {
        pub struct Web;
        https(certfile = "a.pem", keyfile = "a.key", ciphers = []);
    }
}

fn main() {}
