//! Filter and search expressions, evaluated for real.
