//! Methods that a macro knows by name, and the shape that they must have.

use syn::{FnArg, ImplItemFn, PathArguments, ReceiverKind, ReturnType, Safety, Type};

use crate::{diag::Diagnostics, language::attributes::is_conditional};

/// A method that is found by its name.
pub(crate) struct Callback {
    pub(crate) name: &'static str,
    pub(crate) receiver: Receiver,
    /// The number of arguments without the receiver; `None`: any number.
    pub(crate) arguments: Option<usize>,
    pub(crate) output: Output,
    /// Whether it may be `async`. It need not be.
    pub(crate) waits: bool,
    pub(crate) required: bool,
    pub(crate) signature: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Receiver {
    None,
    /// `&self`
    Shared,
    /// `&mut self`
    Borrowed,
    /// `self`
    Owned,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// Must be written.
    Value,
    /// What happens next; `()` goes on.
    Next,
    Nothing,
}

impl Callback {
    /// Reports all functions of this callback but the first. One under `#[cfg]` may be meant to
    /// replace another.
    pub(crate) fn check_once<'a>(
        &self,
        items: impl Iterator<Item = &'a ImplItemFn>,
        diag: &mut Diagnostics,
    ) {
        let mut all = items.filter(|item| !is_conditional(&item.attrs));
        let Some(first) = all.next() else { return };
        for item in all {
            let line = first.sig.ident.span().start().line;
            diag.push(&item.sig.ident, format!("`{}` is defined twice", self.name))
                .help("remove one of them")
                .note(format!("first defined on line {line}"));
        }
    }

    /// How a method differs from this callback. It may have `state` arguments with `#[state]` in
    /// addition. Types are left to the compiler.
    pub(crate) fn fault(&self, item: &ImplItemFn, states: usize) -> Option<String> {
        let sig = &item.sig;
        if receiver(item) != Some(self.receiver) {
            return Some(match self.receiver {
                Receiver::None => "it has no `self`".to_owned(),
                Receiver::Shared => "it takes `&self`".to_owned(),
                Receiver::Borrowed => "it takes `&mut self`".to_owned(),
                Receiver::Owned => {
                    "it takes `self` by value: it is the last that is called".to_owned()
                }
            });
        }
        let count = sig
            .inputs
            .len()
            .saturating_sub(usize::from(sig.receiver().is_some()) + states);
        if let Some(expected) = self.arguments
            && count != expected
        {
            let besides = if self.receiver == Receiver::None {
                ""
            } else {
                " besides `self`"
            };
            let number = match expected {
                0 => "no arguments".to_owned(),
                1 => "1 argument".to_owned(),
                _ => format!("{expected} arguments"),
            };
            return Some(format!("it takes {number}{besides}, this has {count}"));
        }
        if sig.asyncness.is_some() && !self.waits {
            return Some(format!("`{}` is not async: it runs at once", self.name));
        }
        plainness(item)
            .or_else(|| self.output_fault(&sig.output))
            .or_else(|| match self.name {
                "handle_info" => owned(first_type(item)?, "what arrives comes from another task"),
                _ => None,
            })
    }

    fn output_fault(&self, output: &ReturnType) -> Option<String> {
        let unit = is_unit(output);
        match self.output {
            Output::Value if unit => Some("it returns a value".to_owned()),
            Output::Nothing if !unit => Some("it returns nothing".to_owned()),
            _ => None,
        }
    }
}

/// How a method takes `self`; `None` if no callback takes it so.
pub(crate) fn receiver(item: &ImplItemFn) -> Option<Receiver> {
    match item.sig.receiver().map(|receiver| &receiver.kind) {
        None => Some(Receiver::None),
        Some(ReceiverKind::Value) => Some(Receiver::Owned),
        Some(ReceiverKind::Reference(_, None, Some(_))) => Some(Receiver::Borrowed),
        Some(ReceiverKind::Reference(_, None, None)) => Some(Receiver::Shared),
        Some(_) => None,
    }
}

/// Why an expansion cannot call a function.
pub(crate) fn plainness(item: &ImplItemFn) -> Option<String> {
    let sig = &item.sig;
    let plain = sig.constness.is_none()
        && sig.abi.is_none()
        && sig.variadic.is_none()
        && matches!(sig.safety, Safety::Default);
    if !plain {
        return Some("it is a plain function: neither `const`, `unsafe` nor `extern`".to_owned());
    }
    let generic = !sig.generics.params.is_empty();
    generic.then(|| "it has no generic parameters: nobody would know what to fill in".to_owned())
}

/// Why an argument cannot be of a type.
pub(crate) fn owned(ty: &Type, why: &str) -> Option<String> {
    match ty {
        Type::Reference(reference)
            if reference
                .lifetime
                .as_ref()
                .is_none_or(|one| one.ident != "static") =>
        {
            Some(format!("{why}: it must own its data"))
        }
        Type::ImplTrait(_) => Some("it has one type: name it".to_owned()),
        _ => None,
    }
}

/// Whether a function returns `()`.
pub(crate) fn is_unit(output: &ReturnType) -> bool {
    match output {
        ReturnType::Default => true,
        ReturnType::Type(_, ty) => matches!(&**ty, Type::Tuple(tuple) if tuple.elems.is_empty()),
    }
}

/// The type of the first argument. For `handle_info` it is the type of the message.
pub(crate) fn first_type(item: &ImplItemFn) -> Option<&Type> {
    item.sig.inputs.iter().find_map(|input| match input {
        FnArg::Typed(typed) => Some(&*typed.ty),
        FnArg::Receiver(_) => None,
    })
}

/// `Option<T>`, however it is qualified.
pub(crate) fn is_option(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|last| {
        last.ident == "Option" && !matches!(last.arguments, PathArguments::None)
    })
}

pub(crate) fn last_segment(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        Type::Group(group) => last_segment(&group.elem),
        _ => None,
    }
}
