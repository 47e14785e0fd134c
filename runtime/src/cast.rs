//! A value of a generic type that is, after all, of a known one.

use std::any::Any;

/// Gives the value as a `U` if that is what it is, and back otherwise.
pub(crate) fn cast<T: 'static, U: 'static>(value: T) -> Result<U, T> {
    let mut value = Some(value);
    if let Some(same) = (&mut value as &mut dyn Any)
        .downcast_mut::<Option<U>>()
        .and_then(Option::take)
    {
        return Ok(same);
    }
    value.map_or_else(|| unreachable!("taken out only as a `U`"), Err)
}
