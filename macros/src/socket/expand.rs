//! Writes `impl Socket for Type`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    AttrStyle, Attribute, FnArg, GenericArgument, PatType, PathArguments, ReturnType, Stmt, Token, Type,
    punctuated::Punctuated, spanned::Spanned,
};

use super::{
    argument::is_connect,
    ast::{Argument, Channels, Default, Method, Route, Setup, Socket, Source},
    route,
};
use crate::{
    block::{cfgs, info, runtime},
    callback::{Output, is_option, is_unit, last_segment},
    lower,
    schema::{self, Phase},
    state::{self, Part},
};

pub(crate) fn expand(socket: &Socket, setup: &Setup) -> TokenStream {
    let Socket { attrs, self_ty, others, .. } = socket;
    let (generics, _, bounds) = socket.generics.split_for_impl();
    let runtime = runtime(setup.krate.as_ref());
    let arrivals: Vec<_> = socket.methods("handle_info").map(|method| &method.item).collect();
    let (contract, first, mounted) = match setup.channels.declared {
        true => (
            quote!(__rt::channel::ChannelSocket),
            channels(&setup.channels),
            Some(mounted(socket, &setup.channels)),
        ),
        false => (quote!(__rt::Socket), info(&arrivals), None),
    };
    let (options, needs) = (options(setup), socket.methods("connect").map(needs));
    let (state, conditional) = state::state_type(&parts(socket, setup), attrs, &socket.generics, self_ty);
    let methods = socket.methods.iter().map(|method| self::method(method, setup));
    let inherent =
        (!others.is_empty()).then(|| quote!(#(#attrs)* impl #generics #self_ty #bounds { #(#others)* }));
    quote! {
        const _: () = {
            use #runtime as __rt;
            #(#attrs)*
            impl #generics #contract for #self_ty #bounds {
                #first
                #state
                #options
                #(#needs)*
                #(#methods)*
            }
            #conditional
            #mounted
        };
        #inherent
    }
}

/// What the callbacks take of the application's state.
fn parts<'a>(socket: &'a Socket, setup: &'a Setup) -> Vec<Part<'a>> {
    let info = connect_info(setup);
    let arguments = socket.methods.iter().flat_map(|method| {
        let info = &info;
        method.arguments.iter().filter_map(move |Argument { attrs, ty, source, .. }| {
            let callback = &method.item.attrs;
            match source {
                Source::State => Some(Part::needs(callback, attrs, ty)),
                Source::Type if !is_connect(ty) => {
                    let need = taken_by_type(ty, info);
                    Some(Part::of(callback, attrs, need, ty))
                }
                _ => None,
            }
        })
    });
    arguments.collect()
}

/// What an extractor takes of the state.
fn taken_by_type(ty: &Type, info: &TokenStream) -> TokenStream {
    quote_spanned!(ty.span()=> __rt::By<#ty, <#ty as __rt::FromConnect<#info>>::State>)
}

/// What others may send to the socket.
fn connect_info(setup: &Setup) -> TokenStream {
    match setup.channels.declared {
        true => quote!(__rt::channel::Signal),
        false => quote!(<Self as __rt::Socket>::Info),
    }
}

fn channels(channels: &Channels) -> TokenStream {
    let routes = channels.routes.iter().map(route::expand);
    let options = channels.options.entries.iter().filter_map(|entry| {
        let value = lower::value_of(entry.key, entry.expr()?, Phase::Compile);
        Some(match entry.key.name {
            "max_channels" => quote!(const MAX_CHANNELS: ::core::primitive::usize = #value;),
            "max_envelope_size" => quote!(const MAX_ENVELOPE_SIZE: ::core::primitive::usize = #value;),
            "max_waiting_size" => quote!(const MAX_WAITING_SIZE: ::core::primitive::usize = #value;),
            _ => quote!(const SERIALIZERS: &'static [__rt::channel::Versioned] = #value;),
        })
    });
    quote! {
        const CHANNELS: &'static [__rt::channel::Route<Self>] = &[#(#routes),*];
        #(#options)*
    }
}

/// What a mount of the socket serves.
fn mounted(socket: &Socket, channels: &Channels) -> TokenStream {
    let (self_ty, (generics, _, bounds)) = (&socket.self_ty, socket.generics.split_for_impl());
    let (cfgs, mountable) = (cfgs(&socket.attrs), mountable(socket, channels));
    quote! {
        #(#cfgs)*
        impl #generics __rt::IntoSocket for #self_ty #bounds {
            type Socket = __rt::channel::Multiplexer<Self>;
            type Needs = __rt::channel::WithChannels<Self>;
        }
        #mountable
    }
}

/// What the channels take of the state is named in bounds: a channel may be private where its socket is not.
fn mountable(socket: &Socket, channels: &Channels) -> TokenStream {
    let Socket { self_ty, generics, .. } = socket;
    let (cfgs, params) = (cfgs(&socket.attrs), generics.params.iter());
    let predicates = generics.where_clause.iter().flat_map(|bounds| &bounds.predicates);
    let of_channels = channels.routes.iter().map(|Route { channel, .. }| {
        let at = channel.span();
        quote_spanned!(at=> __rt::By<#channel, <#channel as __rt::channel::Channel>::State>)
    });
    let all: Vec<_> = of_channels.collect();
    let at = channels.routes.first().map_or_else(Span::call_site, |route| route.channel.span());
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

fn options(setup: &Setup) -> Option<TokenStream> {
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
    if info.is_empty() && params.is_empty() && optional_params.is_empty() {
        return None;
    }
    let cfgs = cfgs(&connect.item.attrs);
    Some(quote! {
        #(#cfgs)*
        const NEEDS: __rt::Needs = __rt::Needs {
            info: &[#(#info),*],
            params: &[#(#params),*],
            optional_params: &[#(#optional_params),*],
        };
    })
}

fn method(method: &Method, setup: &Setup) -> TokenStream {
    match (method.callback.name, method.callback.output) {
        ("connect", _) => connect(method, setup),
        (_, Output::Next) => handler(method),
        _ => function(method, None),
    }
}

/// `async` or not, `-> Flow` or not: becomes both.
fn handler(method: &Method) -> TokenStream {
    if !is_unit(&method.item.sig.output) {
        return function(method, None);
    }
    let stmts = &method.item.block.stmts;
    let body = quote! {
        let () = async move { #(#stmts)* }.await;
        __rt::Flow::Continue
    };
    function(method, Some(body))
}

/// The user's function, without its visibility. With another body it returns `Flow`.
fn function(method: &Method, body: Option<TokenStream>) -> TokenStream {
    let (outer, inner) = attributes(&method.item.attrs);
    let sig = &method.item.sig;
    let (name, inputs, bounds) = (&sig.ident, &sig.inputs, &sig.generics.where_clause);
    let asyncness = asyncness(method);
    let output = match body {
        Some(_) => quote!(-> __rt::Flow),
        None => {
            let output = &sig.output;
            quote!(#output)
        }
    };
    let stmts = body.unwrap_or_else(|| statements(&method.item.block.stmts));
    let (inputs, state) = match method.arguments.is_empty() {
        true => (quote!(#inputs), TokenStream::new()),
        false => with_state(inputs, &method.arguments),
    };
    quote! {
        #(#outer)*
        #asyncness fn #name(#inputs) #output #bounds {
            #(#inner)*
            #state
            #stmts
        }
    }
}

/// The last argument is what a handler writes to: from there it has the state.
fn with_state(inputs: &Punctuated<FnArg, Token![,]>, arguments: &[Argument]) -> (TokenStream, TokenStream) {
    let Some(FnArg::Typed(last)) = inputs.last() else { return (quote!(#inputs), TokenStream::new()) };
    let (others, out) = (inputs.iter().take(inputs.len() - 1), state::out());
    let handle = quote!(#out.handle());
    let taken = arguments.iter().map(|Argument { attrs, pat, ty, .. }| state::fetch(attrs, pat, ty, &handle));
    let PatType { attrs, pat, ty, .. } = last;
    let lets = quote! {
        #(#taken)*
        let #pat: #ty = #out;
    };
    (quote!(#(#others,)* #(#attrs)* #out: #ty), lets)
}

fn asyncness(method: &Method) -> Option<TokenStream> {
    method.callback.waits.then(|| {
        let at = method.item.sig.asyncness.as_ref().map_or(method.item.sig.fn_token.span, |token| token.span);
        quote_spanned!(at=> async)
    })
}

fn statements(stmts: &[Stmt]) -> TokenStream {
    quote!(#(#stmts)*)
}

/// Those in front of a function, and those inside of its braces.
fn attributes(attrs: &[Attribute]) -> (Vec<&Attribute>, Vec<&Attribute>) {
    attrs.iter().partition(|attribute| matches!(attribute.style, AttrStyle::Outer))
}

fn connect(method: &Method, setup: &Setup) -> TokenStream {
    let info = connect_info(setup);
    let attempt = Ident::new("__connect", Span::mixed_site());
    let (outer, inner) = attributes(&method.item.attrs);
    let sig = &method.item.sig;
    let (name, asyncness, stmts) = (&sig.ident, asyncness(method), statements(&method.item.block.stmts));
    let (whole, others): (Vec<_>, Vec<_>) = method.arguments.iter().partition(|one| is_whole(one));
    // The attempt as a whole is given away: last.
    let taken = others.into_iter().chain(whole).map(|argument| take(argument, &info));
    let (output, body) = match &sig.output {
        ReturnType::Type(_, ty) if has_own_error(ty) => {
            let at = ty.span().resolved_at(Span::mixed_site());
            let result = quote_spanned!(at=> (async move || -> #ty { #stmts })().await);
            let own = quote!(-> ::core::result::Result<Self, __rt::Refused>);
            (own, quote_spanned!(at=> ::core::result::Result::map_err(#result, ::core::convert::Into::into)))
        }
        output => (quote!(#output), stmts),
    };
    quote! {
        #(#outer)*
        #asyncness fn #name(#attempt: __rt::Connect<#info>) #output {
            #(#inner)*
            #(#taken)*
            #body
        }
    }
}

fn is_whole(argument: &Argument) -> bool {
    matches!(argument.source, Source::Type) && is_connect(&argument.ty)
}

/// `Result<_, E>` where `E` is not called `Refused`.
fn has_own_error(ty: &Type) -> bool {
    let Some(PathArguments::AngleBracketed(arguments)) = last_segment(ty).map(|last| &last.arguments) else {
        return false;
    };
    let mut types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    let named_result = last_segment(ty).is_some_and(|last| last.ident == "Result");
    named_result
        && types.nth(1).is_some_and(|error| last_segment(error).is_none_or(|last| last.ident != "Refused"))
}

/// `let argument: Type = ..;`
fn take(argument: &Argument, info: &TokenStream) -> TokenStream {
    let Argument { attrs, pat, ty, source } = argument;
    let at = ty.span().resolved_at(Span::mixed_site());
    let attempt = &Ident::new("__connect", at);
    let value = match source {
        Source::Type if is_connect(ty) => quote!(#attempt),
        Source::Type | Source::Unknown => {
            // An error about the trait is the same as that about what is needed: it is told once.
            let at = ty.span();
            let needs = quote_spanned!(at=> __rt::argument::needs::<_, #ty>(&#attempt));
            quote_spanned!(at=> <#ty as __rt::FromConnect<#info>>::from_connect(&#attempt, #needs).await?)
        }
        Source::State => state::value(ty, &quote!(#attempt.handle())),
        Source::Param { name, default, from_str } => {
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
                None if !is_option(ty) => quote_spanned!(at=> __rt::argument::granted(#value, #text)?),
                default => or_default(value, default.as_ref(), at),
            }
        }
    };
    quote!(#(#attrs)* let #pat: #ty = #value;)
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
