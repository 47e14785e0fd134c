//! Where in the code an event is.

use std::panic::Location;

/// Where in the code an event is: what was known when it was compiled.
///
/// [`instrument!`](crate::instrument!) knows all of it. A function, such as
/// [`Handle::instrument`](crate::Handle::instrument), knows the file and the line of its call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompileMeta {
    module: Option<&'static str>,
    /// The path of a function that stands where the event is.
    path: Option<&'static str>,
    file: &'static str,
    line: u32,
}

/// The name of the function that stands where the event is.
const HERE: &str = "::__here";
const CLOSURE: &str = "::{{closure}}";

impl CompileMeta {
    #[doc(hidden)]
    pub const fn new(
        module: &'static str,
        path: &'static str,
        file: &'static str,
        line: u32,
    ) -> Self {
        CompileMeta {
            module: Some(module),
            path: Some(path),
            file,
            line,
        }
    }

    #[track_caller]
    pub(crate) fn of_caller() -> Self {
        let location = Location::caller();
        CompileMeta {
            module: None,
            path: None,
            file: location.file(),
            line: location.line(),
        }
    }

    /// The crate, such as `"shop"`.
    pub fn application(&self) -> Option<&'static str> {
        self.module?.split("::").next()
    }

    /// The module, such as `"shop::orders"`.
    pub fn module(&self) -> Option<&'static str> {
        self.module
    }

    /// The function within the module, such as `"Cart::checkout"`. That of a trait's implementation
    /// begins with `<`. It is for people: the compiler does not promise its form.
    pub fn function(&self) -> Option<&'static str> {
        let mut path = self.path?.strip_suffix(HERE)?;
        while let Some(outer) = path.strip_suffix(CLOSURE) {
            path = outer;
        }
        let within = self.module.and_then(|module| path.strip_prefix(module));
        Some(
            within
                .and_then(|path| path.strip_prefix("::"))
                .unwrap_or(path),
        )
    }

    /// The file, as the compiler was given it.
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// The line in the file.
    pub fn line(&self) -> u32 {
        self.line
    }
}

/// Where this stands.
macro_rules! here {
    () => {{
        fn __here() {}
        $crate::instrumenter::CompileMeta::new(
            ::core::module_path!(),
            ::core::any::type_name_of_val(&__here),
            ::core::file!(),
            ::core::line!(),
        )
    }};
}

pub(crate) use here;

#[cfg(test)]
mod tests {
    use super::*;

    struct Cart;

    impl Cart {
        async fn checkout(&self) -> CompileMeta {
            let closure = || here!();
            closure()
        }
    }

    #[tokio::test]
    async fn the_function_is_the_one_that_is_written() {
        let meta = Cart.checkout().await;
        assert_eq!(meta.application(), Some("landfall"));
        assert_eq!(meta.module(), Some(module_path!()));
        assert_eq!(meta.function(), Some("Cart::checkout"));
        assert!(meta.file().ends_with("compile_meta.rs"));
        assert!(meta.line() < line!());
    }

    #[test]
    fn a_caller_is_a_file_and_a_line() {
        let (meta, line) = (CompileMeta::of_caller(), line!());
        assert_eq!((meta.file(), meta.line()), (file!(), line));
        assert_eq!(
            (meta.module(), meta.function(), meta.application()),
            (None, None, None)
        );
    }
}
