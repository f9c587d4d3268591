//! Which calls are allowed, confirmed or denied: ordered rules, conditions, limits.
