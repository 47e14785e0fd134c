//! Turns callbacks into functions of `Socket` or `ChannelSocket`, and options into constants.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{FnArg, ImplItemFn, Pat, PatIdent, PatType, Path, Type, spanned::Spanned};

use super::{
    argument::is_connect,
    ast::{Argument, Channels, Declaration, Default, Method, Route, Setup, Socket, Source},
    route,
};
use crate::{
    block::{
        call::{assumed, call, result},
        callback::{Output, Receiver, is_option, last_segment},
        info, otherwise, owned,
        state::{self, Part},
    },
    diag::Diagnostics,
    expansion::located,
    language::{
        attributes::{self, cfgs},
        key::Phase,
        schema,
    },
    value::lower,
    warning::Warnings,
};

/// A socket whose callbacks are functions of the contract that it implements.
pub(crate) struct Lowered<'a> {
    pub(crate) socket: &'a Socket,
    pub(crate) krate: Option<&'a Path>,
    /// `Socket`, or `ChannelSocket`.
    pub(crate) contract: TokenStream,
    /// `type Info = ..;`, or the constants of a socket with channels.
    pub(crate) first: TokenStream,
    /// `type State = ..;`
    pub(crate) state: TokenStream,
    /// Items that `state` refers to, for parts under `#[cfg]`.
    pub(crate) conditional: TokenStream,
    /// `const OPTIONS: .. = ..;`
    pub(crate) options: Option<TokenStream>,
    /// `const NEEDS: .. = ..;`, more than one if `#[cfg]` chooses.
    pub(crate) needs: Vec<TokenStream>,
    /// The functions of the contract. Each calls the user's method.
    pub(crate) functions: Vec<TokenStream>,
    /// `const HANDLES_CONTROL: .. = true;`
    pub(crate) control: Option<TokenStream>,
    pub(crate) warnings: Warnings,
    /// How a socket with channels is mounted.
    pub(crate) mounted: Option<TokenStream>,
    /// Names of options that the expansion does not repeat.
    pub(crate) names: &'a [Ident],
}

/// `None` without a block, which has been reported.
pub(crate) fn declaration<'a>(
    declaration: &'a Declaration,
    diag: &Diagnostics,
) -> Option<Lowered<'a>> {
    let Declaration { setup, socket, .. } = declaration;
    let socket = socket.as_ref()?;
    let (state, conditional) = state::state_type(
        &parts(socket, setup),
        &socket.attrs,
        &socket.generics,
        &socket.self_ty,
    );
    let methods = socket.methods.iter();
    let declared = setup.channels.declared;
    Some(Lowered {
        socket,
        krate: setup.krate.as_ref(),
        contract: if declared {
            quote!(__rt::channel::ChannelSocket)
        } else {
            quote!(__rt::Socket)
        },
        first: if declared {
            channels(&setup.channels)
        } else {
            arrivals(&socket.items("handle_info"))
        },
        state,
        conditional,
        options: options(setup),
        needs: socket.methods("connect").filter_map(needs).collect(),
        functions: methods.map(|method| self::method(method, setup)).collect(),
        control: socket.items("handle_control").first().map(|item| {
            let cfgs = cfgs(&item.attrs);
            quote!(#(#cfgs)* const HANDLES_CONTROL: ::core::primitive::bool = true;)
        }),
        warnings: diag.warnings(),
        mounted: declared.then(|| mounted(socket, &setup.channels)),
        names: &setup.channels.names,
    })
}

/// The type of what other tasks send, and whether they can.
fn arrivals(items: &[&ImplItemFn]) -> TokenStream {
    let info = info(items);
    let none = otherwise(items)
        .map(|condition| quote!(#condition const HANDLES_INFO: ::core::primitive::bool = false;));
    quote!(#info #none)
}

/// What the callbacks take of the application's state.
fn parts<'a>(socket: &'a Socket, setup: &'a Setup) -> Vec<Part<'a>> {
    let info = connect_info(setup);
    let arguments = socket.methods.iter().flat_map(|method| {
        let info = &info;
        method.arguments.iter().filter_map(
            move |Argument {
                      attrs, ty, source, ..
                  }| {
                let callback = &method.item.attrs;
                match source {
                    Source::State => Some(Part::needs(callback, attrs, ty)),
                    Source::Type if !is_connect(ty) => {
                        let need = taken_by_type(ty, info);
                        Some(Part::of(callback, attrs, need, ty))
                    }
                    _ => None,
                }
            },
        )
    });
    arguments.collect()
}

/// The parts of the state that an extractor takes.
fn taken_by_type(ty: &Type, info: &TokenStream) -> TokenStream {
    quote_spanned!(ty.span()=> __rt::By<#ty, <#ty as __rt::FromConnect<#info>>::State>)
}

/// The type of the socket's messages from other tasks.
fn connect_info(setup: &Setup) -> TokenStream {
    match setup.channels.declared {
        true => quote!(()),
        false => quote!(<Self as __rt::Socket>::Info),
    }
}

fn channels(channels: &Channels) -> TokenStream {
    let routes = channels.routes.iter().map(route::expand);
    let options = channels.options.entries.iter().filter_map(|entry| {
        let value = lower::value_of(entry.key, entry.expr()?, Phase::Compile);
        Some(match entry.key.name {
            "max_channels" => quote!(const MAX_CHANNELS: ::core::primitive::usize = #value;),
            "max_envelope_size" => {
                quote!(const MAX_ENVELOPE_SIZE: ::core::primitive::usize = #value;)
            }
            "max_waiting_size" => {
                quote!(const MAX_WAITING_SIZE: ::core::primitive::usize = #value;)
            }
            _ => quote!(const SERIALIZERS: &'static [__rt::channel::Versioned] = #value;),
        })
    });
    quote! {
        const CHANNELS: &'static [__rt::channel::Route<Self>] = &[#(#routes),*];
        #(#options)*
    }
}

/// The socket that a mount serves.
fn mounted(socket: &Socket, channels: &Channels) -> TokenStream {
    let (self_ty, (generics, _, _)) = (&socket.self_ty, socket.generics.split_for_impl());
    let owned = owned(&socket.generics);
    let (cfgs, mountable) = (cfgs(&socket.attrs), mountable(socket, channels));
    quote! {
        #(#cfgs)*
        impl #generics __rt::IntoSocket for #self_ty #owned {
            type Socket = __rt::channel::Multiplexer<Self>;
            type Needs = __rt::channel::WithChannels<Self>;
        }
        #mountable
    }
}

/// Bounds name what the channels take of the state, because a channel may be private where its
/// socket is not.
fn mountable(socket: &Socket, channels: &Channels) -> TokenStream {
    let Socket {
        self_ty, generics, ..
    } = socket;
    let (cfgs, params) = (cfgs(&socket.attrs), generics.params.iter());
    let predicates = generics
        .where_clause
        .iter()
        .flat_map(|bounds| &bounds.predicates);
    let of_channels = channels.routes.iter().map(|Route { channel, .. }| {
        let at = channel.span();
        quote_spanned!(at=> __rt::channel::OfChannel<#channel>)
    });
    let all: Vec<_> = of_channels.collect();
    let at = channels
        .routes
        .first()
        .map_or_else(Span::call_site, |route| route.channel.span());
    quote_spanned! {at=>
        #(#cfgs)*
        impl<#(#params,)* __App> __rt::channel::ProvideChannels<__App> for #self_ty
        where
            #(#predicates,)*
            #(#all: __rt::Provide<__App, #self_ty>,)*
        {
            fn provide(__app: &__App, __slot: &mut dyn ::core::any::Any) {
                #(<#all as __rt::Provide<__App, #self_ty>>::provide(__app, __slot);)*
            }
        }
    }
}

pub(super) fn options(setup: &Setup) -> Option<TokenStream> {
    if setup.options.entries.is_empty() {
        return None;
    }
    let options = lower::literal(&setup.options, &quote!(__rt::SocketOptions::DEFAULT));
    Some(quote! {
        #[allow(clippy::redundant_closure)]
        const OPTIONS: __rt::SocketOptions = #options;
    })
}

fn needs(connect: &Method) -> Option<TokenStream> {
    let [mut info, mut params, mut optional_params] = [const { Vec::new() }; 3];
    for argument in &connect.arguments {
        let list = match &argument.source {
            Source::Info { .. } => &mut info,
            Source::Param { default: None, .. } if !is_option(&argument.ty) => &mut params,
            Source::Param { .. } => &mut optional_params,
            Source::State | Source::Type | Source::Unknown => continue,
        };
        let (name, cfgs) = (argument.source.name()?.text(), cfgs(&argument.attrs));
        list.push(quote!(#(#cfgs)* #name));
    }
    let no_other_params = !connect.arguments.iter().any(may_read_params);
    if info.is_empty() && params.is_empty() && optional_params.is_empty() && !no_other_params {
        return None;
    }
    let cfgs = cfgs(&connect.item.attrs);
    Some(quote! {
        #(#cfgs)*
        const NEEDS: __rt::Needs = __rt::Needs {
            info: &[#(#info),*],
            params: &[#(#params),*],
            optional_params: &[#(#optional_params),*],
            no_other_params: #no_other_params,
        };
    })
}

/// `Connect` gives access to all parameters, and an extractor of the application may use it.
fn may_read_params(argument: &Argument) -> bool {
    const OTHERS: [&str; 7] = [
        "Handle",
        "Mailbox",
        "Mounted",
        "SubscriberId",
        "TransportKind",
        "TransportOptions",
        "Versioned",
    ];
    let is_other = || {
        let ty = match &argument.ty {
            Type::Reference(reference) => &reference.elem,
            ty => ty,
        };
        last_segment(ty).is_some_and(|last| OTHERS.iter().any(|name| last.ident == name))
    };
    match &argument.source {
        // `uri` has the path.
        Source::Info { name, .. } => name.text() == "uri",
        Source::Param { .. } | Source::State => false,
        Source::Type | Source::Unknown => !is_other(),
    }
}

fn method(method: &Method, setup: &Setup) -> TokenStream {
    match (method.callback.name, method.callback.output) {
        ("connect", _) => connect(method, setup),
        (_, Output::Next) => handler(method),
        _ => function(method, setup),
    }
}

/// A callback that returns what happens next.
fn handler(method: &Method) -> TokenStream {
    let (item, out) = (&method.item, state::out());
    let (name, cfgs) = (&item.sig.ident, cfgs(&item.attrs));
    let (inputs, mut values) = inputs(method, Some(&out));
    let mut taken = Vec::new();
    for (index, Argument { attrs, ty, .. }) in method.arguments.iter().enumerate() {
        let variable = format_ident!(
            "__state{index}",
            span = Span::mixed_site().located_at(ty.span())
        );
        let cfgs = attributes::cfgs(attrs);
        let value = state::value(ty, &quote!(#out.handle()));
        taken.push(quote!(#(#attrs)* let #variable: #ty = #value;));
        values.push(quote!(#(#cfgs)* #variable));
    }
    let (text, assumed) = (name.to_string(), assumed(false));
    let answer = call(item, &values, &quote!(flow), &[quote!(#out), quote!(#text)]);
    quote! {
        #(#cfgs)*
        async fn #name(#inputs) -> __rt::Flow #assumed {
            #(#taken)*
            #answer
        }
    }
}

/// A callback that returns the contract's type.
fn function(method: &Method, setup: &Setup) -> TokenStream {
    let item = &method.item;
    let (name, output, cfgs) = (&item.sig.ident, &item.sig.output, cfgs(&item.attrs));
    let (inputs, values) = inputs(method, None);
    let asyncness = method.callback.waits.then(|| quote!(async));
    let result = result(item, &values, Span::mixed_site());
    let assumed = method
        .callback
        .waits
        .then(|| assumed(setup.channels.declared));
    quote!(#(#cfgs)* #asyncness fn #name(#inputs) #output #assumed { #result })
}

/// The inputs of the contract's method with the user's types, and the arguments for the user's
/// method. The last input has the given name.
fn inputs(method: &Method, last: Option<&Ident>) -> (TokenStream, Vec<TokenStream>) {
    let inputs = &method.item.sig.inputs;
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for (index, input) in inputs.iter().enumerate() {
        match input {
            FnArg::Receiver(_) => {
                names.push(match method.callback.receiver {
                    Receiver::Owned => quote!(self),
                    Receiver::Shared => quote!(&self),
                    Receiver::Borrowed | Receiver::None => quote!(&mut self),
                });
                values.push(quote!(self));
            }
            FnArg::Typed(PatType { ty, .. }) => {
                let variable = match last {
                    Some(last) if index + 1 == inputs.len() => last.clone(),
                    _ => argument_variable(index, ty),
                };
                names.push(quote!(#variable: #ty));
                values.push(located(quote!(#variable), ty.span()));
            }
        }
    }
    (quote!(#(#names),*), values)
}

fn argument_variable(index: usize, ty: &Type) -> Ident {
    format_ident!(
        "__argument{index}",
        span = Span::mixed_site().located_at(ty.span())
    )
}

fn connect(method: &Method, setup: &Setup) -> TokenStream {
    let info = connect_info(setup);
    let (attempt, item) = (Ident::new("__connect", Span::mixed_site()), &method.item);
    let cfgs = cfgs(&item.attrs);
    let all: Vec<_> = method
        .arguments
        .iter()
        .enumerate()
        .map(|(index, one)| (variable(index, one), one))
        .collect();
    // `Connect` is moved, so it comes last.
    let (whole, others): (Vec<_>, Vec<_>) =
        all.iter().partition(|(_, argument)| is_whole(argument));
    let taken = others
        .into_iter()
        .chain(whole)
        .map(|(variable, argument)| take(variable, argument, &info));
    let values: Vec<_> = all
        .iter()
        .map(|(variable, argument)| {
            let cfgs = attributes::cfgs(&argument.attrs);
            quote!(#(#cfgs)* #variable)
        })
        .collect();
    let connected = call(item, &values, &quote!(connected::<Self>), &[]);
    let assumed = assumed(setup.channels.declared);
    quote! {
        #(#cfgs)*
        async fn connect(
            #attempt: __rt::Connect<#info>,
        ) -> ::core::result::Result<Self, __rt::Refused>
        #assumed
        {
            #(#taken)*
            #connected
        }
    }
}

/// The argument's own name, so that the defaults of later ones may use it.
fn variable(index: usize, argument: &Argument) -> Ident {
    match &argument.pat {
        Pat::Ident(PatIdent {
            ident,
            by_ref: None,
            subpat: None,
            ..
        }) => ident.clone(),
        _ => argument_variable(index, &argument.ty),
    }
}

fn is_whole(argument: &Argument) -> bool {
    matches!(argument.source, Source::Type) && is_connect(&argument.ty)
}

/// `let argument: Type = ..;`
fn take(variable: &Ident, argument: &Argument, info: &TokenStream) -> TokenStream {
    let Argument {
        attrs, ty, source, ..
    } = argument;
    let at = ty.span().resolved_at(Span::mixed_site());
    let attempt = &Ident::new("__connect", at);
    let value = match source {
        Source::Type if is_connect(ty) => quote!(#attempt),
        Source::Type | Source::Unknown => {
            // The error about the trait repeats the error about the state: it is reported once.
            let at = ty.span();
            let needs = quote_spanned!(at=> __rt::argument::needs::<_, #ty>(&#attempt));
            quote_spanned!(at=> <#ty as __rt::FromConnect<#info>>::from_connect(&#attempt, #needs).await?)
        }
        Source::State => state::value(ty, &quote!(#attempt.handle())),
        Source::Param {
            name,
            default,
            from_str,
        } => {
            let required = default.is_none() && !is_option(ty);
            let function = match (required, from_str) {
                (true, false) => "required",
                (true, true) => "required_from_str",
                (false, false) => "optional",
                (false, true) => "optional_from_str",
            };
            let (function, name) = (Ident::new(function, at), name.text());
            or_default(
                quote_spanned!(at=> __rt::argument::#function(&#attempt, #name)?),
                default.as_ref(),
                at,
            )
        }
        Source::Info { name, default } => {
            let text = name.text();
            let value = if is_built_in(&text) {
                let getter = Ident::new(&text, name.span());
                quote_spanned!(at=> #attempt.#getter())
            } else {
                quote_spanned!(at=> #attempt.custom(#text))
            };
            match default {
                // In a block, so that a value of another type is that, and no mistake of `?`.
                None if !is_option(ty) => {
                    quote_spanned!(at=> {
                        let __value = __rt::argument::granted(#value, #text)?;
                        __value
                    })
                }
                default => or_default(value, default.as_ref(), at),
            }
        }
    };
    quote!(#(#attrs)* let #variable: #ty = #value;)
}

fn is_built_in(key: &str) -> bool {
    key == "auth_token" || schema::CONNECT_INFO.contains(&key)
}

/// A `match`, so that the default may use `?` and `.await`.
fn or_default(value: TokenStream, default: Option<&Default>, at: Span) -> TokenStream {
    let default = match default {
        None => return value,
        Some(Default::OfType) => quote_spanned!(at=> ::core::default::Default::default()),
        Some(Default::Expr(expr)) => quote!(#expr),
    };
    quote_spanned! {at=>
        match #value {
            ::core::option::Option::Some(__value) => __value,
            ::core::option::Option::None => #default,
        }
    }
}
