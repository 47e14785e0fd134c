//! The functions of `Channel`. Each calls the user's method, with what it takes.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{ImplItemFn, LitStr, PatType, Type, spanned::Spanned};

use super::{
    argument::{is_extractor, is_str, is_whole},
    ast::{Channel, Direction, Handler, Method, Source},
};
use crate::{
    block::{
        self,
        call::{assumed, call},
        callback::is_unit,
        state,
    },
    expansion::located,
    language::attributes::{self, cfgs},
};

fn name(text: &str) -> Ident {
    Ident::new(text, Span::mixed_site())
}

pub(super) fn join(method: &Method) -> TokenStream {
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

pub(super) fn handle_in(channel: &Channel) -> TokenStream {
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
pub(super) fn handle_in_now(channel: &Channel) -> Option<TokenStream> {
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

pub(super) fn handle_out(channel: &Channel) -> Option<TokenStream> {
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
pub(super) fn told(method: &Method) -> TokenStream {
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

pub(super) fn handle_info(method: &Method) -> TokenStream {
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

pub(super) fn terminate(method: &Method) -> TokenStream {
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
