//! Turns callbacks and handlers into functions of `Channel`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{ImplItemFn, LitStr, PatType, Path, Type, spanned::Spanned};

use super::{
    argument::{is_str, is_whole},
    ast::{Channel, Declaration, Direction, Handler, Method, Setup, Source},
};
use crate::{
    block::{
        self,
        call::{assumed, call},
        callback::{is_unit, last_segment},
        info,
        state::{self, Part},
    },
    expansion::located,
    language::{
        attributes::{self, cfgs, is_conditional},
        key::Phase,
        options::Entry,
    },
    value::lower,
};

/// A channel whose callbacks and handlers are functions of `Channel`.
pub(crate) struct Lowered<'a> {
    pub(crate) channel: &'a Channel,
    pub(crate) socket: &'a Type,
    pub(crate) krate: Option<&'a Path>,
    /// `type Info = ..;`
    pub(crate) info: TokenStream,
    /// `type State = ..;`
    pub(crate) state: TokenStream,
    /// Items that `state` refers to, for parts under `#[cfg]`.
    pub(crate) conditional: TokenStream,
    /// `const INTERCEPT: .. = ..;`
    pub(crate) intercept: Option<TokenStream>,
    /// `const NEEDS_REST: .. = ..;`
    pub(crate) needs_rest: Option<TokenStream>,
    /// `const HAS_JOINED: .. = ..;`
    pub(crate) has_joined: Option<TokenStream>,
    /// `const SHUTDOWN: .. = ..;`
    pub(crate) shutdown: Option<TokenStream>,
    /// `const ON_GAP: .. = ..;`
    pub(crate) on_gap: Option<TokenStream>,
    /// The constants of `log_join` and `log_handle_in`.
    pub(crate) logs: Vec<TokenStream>,
    /// The functions of the contract. Each calls the user's method.
    pub(crate) functions: Vec<TokenStream>,
}

/// `None` without a block or a socket, which has been reported.
pub(crate) fn declaration(declaration: &Declaration) -> Option<Lowered<'_>> {
    let Declaration { setup, channel, .. } = declaration;
    let (channel, socket) = (channel.as_ref()?, setup.socket.as_ref()?);
    let (state, conditional) = state::state_type(
        &parts(channel),
        &channel.attrs,
        &channel.generics,
        &channel.self_ty,
    );
    let mut functions: Vec<_> = channel.callbacks("join").map(join).collect();
    functions.extend(handle_in_now(channel));
    functions.push(handle_in(channel));
    functions.extend(channel.callbacks("joined").map(told));
    functions.extend(channel.callbacks("handle_gap").map(told));
    functions.extend(channel.callbacks("handle_info").map(handle_info));
    functions.extend(handle_out(channel));
    functions.extend(channel.callbacks("terminate").map(terminate));
    Some(Lowered {
        channel,
        socket,
        krate: setup.krate.as_ref(),
        info: info(&channel.items("handle_info")),
        state,
        conditional,
        intercept: intercept(channel),
        needs_rest: needs_rest(channel),
        has_joined: has_joined(channel),
        shutdown: setup.options.get("shutdown").and_then(shutdown),
        on_gap: setup.options.get("on_gap").and_then(on_gap),
        logs: logs(setup),
        functions,
    })
}

fn name(text: &str) -> Ident {
    Ident::new(text, Span::mixed_site())
}

fn shutdown(entry: &Entry) -> Option<TokenStream> {
    let value = lower::value_of(entry.key, entry.expr()?, Phase::Compile);
    let name = Ident::new("SHUTDOWN", entry.name.span());
    Some(quote!(const #name: __rt::Timeout = #value;))
}

fn on_gap(entry: &Entry) -> Option<TokenStream> {
    let value = lower::value_of(entry.key, entry.expr()?, Phase::Compile);
    let name = Ident::new("ON_GAP", entry.name.span());
    Some(quote!(const #name: __rt::channel::OnGap = #value;))
}

fn logs(setup: &Setup) -> Vec<TokenStream> {
    let keys = [
        ("log_join", "LOG_JOIN", "JoinLevel"),
        ("log_handle_in", "LOG_HANDLE_IN", "HandleInLevel"),
    ];
    let constant = |(key, name, choice): (&str, &str, &str)| {
        let entry = setup.options.get(key)?;
        let value = lower::value_of(entry.key, entry.expr()?, Phase::Compile);
        let (name, choice) = (
            Ident::new(name, entry.name.span()),
            Ident::new(choice, entry.name.span()),
        );
        Some(quote!(const #name: __rt::Log<__rt::channel::#choice> = #value;))
    };
    keys.into_iter().filter_map(constant).collect()
}

fn intercept(channel: &Channel) -> Option<TokenStream> {
    let events: Vec<_> = channel
        .handlers
        .iter()
        .flat_map(|handler| {
            handler.events(Direction::Out).map(|event| {
                let cfgs = cfgs(&handler.item.attrs);
                quote!(#(#cfgs)* #event)
            })
        })
        .collect();
    (!events.is_empty()).then(
        || quote!(const INTERCEPT: &'static [&'static ::core::primitive::str] = &[#(#events),*];),
    )
}

/// A text may be empty. Every other type is parsed, and needs a `*`.
fn needs_rest(channel: &Channel) -> Option<TokenStream> {
    let is_text =
        |ty: &Type| is_str(ty) || last_segment(ty).is_some_and(|last| last.ident == "String");
    let mut joins = channel
        .callbacks("join")
        .filter(|method| !is_conditional(&method.item.attrs));
    let needs = joins.any(|method| {
        method.arguments().any(|(argument, source)| {
            source == Source::Rest && !is_conditional(&argument.attrs) && !is_text(&argument.ty)
        })
    });
    needs.then(|| {
        quote!(
            const NEEDS_REST: ::core::primitive::bool = true;
        )
    })
}

/// `false` without `joined`. A `joined` under `#[cfg]` counts: the default of the trait is called
/// where it is left out.
fn has_joined(channel: &Channel) -> Option<TokenStream> {
    let none = channel.callbacks("joined").next().is_none();
    none.then(|| {
        quote!(
            const HAS_JOINED: ::core::primitive::bool = false;
        )
    })
}

/// Calls a callback, and converts its answer. Its arguments are those of the contract, `names`, and
/// parts of the state.
fn answer<'a>(
    item: &ImplItemFn,
    arguments: impl Iterator<Item = (&'a PatType, Source)>,
    names: &[&Ident],
) -> TokenStream {
    let (mut taken, mut values, mut names) = (Vec::new(), vec![quote!(self)], names.iter());
    let handle = state::out();
    for (index, (PatType { attrs, ty, .. }, source)) in arguments.enumerate() {
        // Each has the span of its type.
        let at = ty.span();
        if source == Source::State {
            let variable =
                format_ident!("__state{index}", span = Span::mixed_site().located_at(at));
            let value = state::value(ty, &quote!(#handle.handle()));
            taken.push(quote!(#(#attrs)* let #variable: #ty = #value;));
            let cfgs = attributes::cfgs(attrs);
            values.push(quote!(#(#cfgs)* #variable));
        } else if let Some(name) = names.next() {
            values.push(located(name.to_token_stream(), at));
        }
    }
    let answer = call(item, &values, &quote!(answer), &[]);
    quote!(#(#taken)* #answer)
}

/// What the callbacks take of the application's state.
fn parts(channel: &Channel) -> Vec<Part<'_>> {
    let callbacks = channel.callbacks.iter().flat_map(|method| {
        method
            .arguments()
            .filter_map(|(argument, source)| part(&method.item, argument, source))
    });
    let handlers = channel.handlers.iter().flat_map(|handler| {
        let states = handler
            .arguments()
            .filter(|(_, source)| *source == Source::State);
        states.filter_map(|(argument, source)| part(&handler.item, argument, source))
    });
    callbacks.chain(handlers).collect()
}

/// A reference is the socket's.
fn is_extractor(ty: &Type) -> bool {
    !is_whole(ty) && !matches!(ty, Type::Reference(_))
}

fn part<'a>(item: &'a ImplItemFn, argument: &'a PatType, source: Source) -> Option<Part<'a>> {
    let PatType { attrs, ty, .. } = argument;
    match source {
        Source::State => Some(Part::needs(&item.attrs, attrs, ty)),
        Source::Type if item.sig.ident == "join" && is_extractor(ty) => {
            let at = ty.span();
            let need =
                quote_spanned!(at=> __rt::By<#ty, <#ty as __rt::channel::FromJoin<Self>>::State>);
            Some(Part::of(&item.attrs, attrs, need, ty))
        }
        _ => None,
    }
}

fn join(method: &Method) -> TokenStream {
    let (attempt, cfgs) = (name("__join"), cfgs(&method.item.attrs));
    let (mut taken, mut values) = (Vec::new(), Vec::new());
    for (index, (PatType { attrs, ty, .. }, source)) in method.arguments().enumerate() {
        let variable = format_ident!(
            "__argument{index}",
            span = Span::mixed_site().located_at(ty.span())
        );
        let value = match source {
            Source::Type if is_extractor(ty) => take(ty, source, &attempt),
            _ => located(take(ty, source, &attempt), ty.span()),
        };
        taken.push(quote!(#(#attrs)* let #variable: #ty = #value;));
        let cfgs = attributes::cfgs(attrs);
        values.push(quote!(#(#cfgs)* #variable));
    }
    let joined = call(&method.item, &values, &quote!(joined::<Self>), &[]);
    let assumed = assumed(false);
    quote! {
        #(#cfgs)*
        async fn join(
            #attempt: __rt::channel::Join<Self>,
        ) -> ::core::result::Result<__rt::channel::Joined<Self>, __rt::channel::JoinError>
        #assumed
        {
            #(#taken)*
            #joined
        }
    }
}

fn take(ty: &Type, source: Source, attempt: &Ident) -> TokenStream {
    match source {
        Source::Type if is_whole(ty) => quote!(::core::clone::Clone::clone(&#attempt)),
        Source::Type if matches!(ty, Type::Reference(_)) => {
            quote!(__rt::channel::argument::socket(&#attempt))
        }
        Source::Type => {
            let at = ty.span();
            let needs = quote_spanned!(at=> __rt::channel::argument::needs::<Self, #ty>(&#attempt));
            quote_spanned!(at=> <#ty as __rt::channel::FromJoin<Self>>::from_join(&#attempt, #needs).await?)
        }
        Source::State => state::value(ty, &quote!(#attempt.handle())),
        Source::Rest if is_str(ty) => quote!(#attempt.rest()),
        Source::Topic if is_str(ty) => quote!(#attempt.topic()),
        Source::Rest => quote!(__rt::channel::argument::rest(&#attempt)?),
        Source::Topic => quote!(__rt::channel::argument::topic(&#attempt)?),
        Source::Payload => quote!(__rt::channel::argument::payload(&#attempt)?),
        Source::Assigns => quote!(__rt::channel::argument::assigns(&#attempt)?),
    }
}

fn handle_in(channel: &Channel) -> TokenStream {
    let (event, out) = (name("__event"), name("__out"));
    let arms = arms_in(channel, true, |answer| quote!(return #answer));
    let all = channel.items("handle_in");
    let others = channel.callbacks("handle_in").map(|method| {
        let item = &method.item;
        let (cfgs, answer) = (
            cfgs(&item.attrs),
            answer(item, method.arguments(), &[&event, &out]),
        );
        if is_unit(&item.sig.output) {
            return quote!(#(#cfgs)* _ => { #answer });
        }
        quote! {
            #(#cfgs)*
            _ => {
                let __name = __rt::channel::argument::name(&#event);
                let __answer = { #answer };
                __rt::channel::argument::of_name(__answer, &__name)
            }
        }
    });
    let unknown = block::otherwise(&all).map(
        |condition| quote!(#condition _ => __rt::channel::argument::unknown_event(&#event, #out),),
    );
    let assumed = assumed(false);
    quote! {
        async fn handle_in(
            &mut self,
            #event: __rt::channel::Event,
            #out: &mut __rt::channel::Outlet,
        ) -> __rt::channel::Answer #assumed {
            match #event.name() {
                #(#arms)*
                #(#others)*
                #unknown
            }
        }
    }
}

/// Handlers that are no futures answer at once.
fn handle_in_now(channel: &Channel) -> Option<TokenStream> {
    let (event, out) = (name("__event"), name("__out"));
    let arms = arms_in(
        channel,
        false,
        |answer| quote!(return ::core::result::Result::Ok(#answer)),
    );
    (!arms.is_empty()).then(|| {
        quote! {
            fn handle_in_now(
                &mut self,
                #event: __rt::channel::Event,
                #out: &mut __rt::channel::Outlet,
            ) -> ::core::result::Result<__rt::channel::Answer, __rt::channel::Event> {
                ::core::result::Result::Ok(match #event.name() {
                    #(#arms)*
                    _ => return ::core::result::Result::Err(#event),
                })
            }
        }
    })
}

/// The arms of the client's events: those whose handlers are futures, or those whose handlers are
/// not.
fn arms_in(
    channel: &Channel,
    are_futures: bool,
    answers: impl Fn(TokenStream) -> TokenStream,
) -> Vec<TokenStream> {
    let (event, out) = (name("__event"), name("__out"));
    let take = quote!(__rt::channel::argument::event(#event, #out));
    let named = quote!(#event.name());
    channel
        .handlers
        .iter()
        .filter(|handler| handler.item.sig.asyncness.is_some() == are_futures)
        .filter_map(|handler| arm(handler, Direction::In, &named, &take, (&out, &answers)))
        .collect()
}

fn handle_out(channel: &Channel) -> Option<TokenStream> {
    let (broadcast, out) = (name("__broadcast"), name("__out"));
    let take = quote!(__rt::channel::argument::broadcast(&#broadcast));
    let handlers = channel.handlers.iter();
    let arms: Vec<_> = handlers
        .filter_map(|handler| {
            arm(
                handler,
                Direction::Out,
                &quote!(#broadcast.event()),
                &take,
                (&out, |answer| quote!(return #answer)),
            )
        })
        .collect();
    let assumed = assumed(false);
    (!arms.is_empty()).then(|| {
        quote! {
            async fn handle_out(
                &mut self,
                #broadcast: __rt::Broadcast,
                #out: &mut __rt::channel::Outlet,
            ) -> __rt::channel::Answer #assumed {
                match #broadcast.event() {
                    #(#arms)*
                    _ => __rt::channel::argument::pass_on(&#broadcast, #out),
                }
            }
        }
    })
}

/// `"event" => ..`. `event` is the name of the event. `take` is a `Result`: the payload, or the
/// answer if it does not fit, which `answers` returns early.
fn arm(
    handler: &Handler,
    direction: Direction,
    event: &TokenStream,
    take: &TokenStream,
    (out, answers): (&Ident, impl Fn(TokenStream) -> TokenStream),
) -> Option<TokenStream> {
    let (item, events) = (&handler.item, handler.events(direction).collect::<Vec<_>>());
    if events.is_empty() {
        return None;
    }
    let (cfgs, payload) = (cfgs(&item.attrs), &name("__payload"));
    let taken = handler.payload().map(|ty| {
        let take = located(take.clone(), ty.span());
        let answers = answers(quote!(__answer));
        quote! {
            let #payload: #ty = match #take {
                ::core::result::Result::Ok(__payload) => __payload,
                ::core::result::Result::Err(__answer) => #answers,
            };
        }
    });
    let names = taken
        .is_some()
        .then_some(payload)
        .into_iter()
        .chain(handler.takes_outlet().then_some(out));
    let answer = answer(item, handler.arguments(), &names.collect::<Vec<_>>());
    if is_unit(&item.sig.output) {
        return Some(quote!(#(#cfgs)* #(#events)|* => { #taken #answer }));
    }
    let (which, event) = which(&events, event);
    Some(quote! {
        #(#cfgs)*
        #(#events)|* => {
            #which
            #taken
            let __answer = { #answer };
            __rt::channel::argument::of_event(__answer, #event)
        }
    })
}

/// The name of the event, kept for when the event has been moved.
fn which(events: &[&LitStr], named: &TokenStream) -> (Option<TokenStream>, TokenStream) {
    match events {
        [event] => (None, quote!(#event)),
        events => {
            let name = name("__name");
            let which = quote! {
                let #name = match #named {
                    #(#events => #events,)*
                    _ => "",
                };
            };
            (Some(which), quote!(#name))
        }
    }
}

/// `joined` and `handle_gap`.
fn told(method: &Method) -> TokenStream {
    let (item, out) = (&method.item, name("__out"));
    let callback = &item.sig.ident;
    let (cfgs, answer) = (cfgs(&item.attrs), answer(item, method.arguments(), &[&out]));
    let assumed = assumed(false);
    quote! {
        #(#cfgs)*
        async fn #callback(&mut self, #out: &mut __rt::channel::Outlet) -> __rt::channel::Answer
        #assumed
        {
            #answer
        }
    }
}

fn handle_info(method: &Method) -> TokenStream {
    let (item, info, out) = (&method.item, name("__info"), name("__out"));
    let (cfgs, answer) = (
        cfgs(&item.attrs),
        answer(item, method.arguments(), &[&info, &out]),
    );
    let assumed = assumed(false);
    quote! {
        #(#cfgs)*
        async fn handle_info(
            &mut self,
            #info: Self::Info,
            #out: &mut __rt::channel::Outlet,
        ) -> __rt::channel::Answer #assumed {
            #answer
        }
    }
}

fn terminate(method: &Method) -> TokenStream {
    let (reason, item) = (name("__reason"), &method.item);
    let cfgs = cfgs(&item.attrs);
    let given = method
        .arguments()
        .next()
        .map(|(argument, _)| located(quote!(#reason), argument.ty.span()));
    quote! {
        #(#cfgs)*
        fn terminate(self, #reason: __rt::Reason) {
            Self::terminate(self, #given)
        }
    }
}
