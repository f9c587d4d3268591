//! Policies as people write them, and the calls that they are about.

#![cfg(test)]

mod cases;
mod conditions;
mod hostile;
mod judging;
mod limits;
mod loading;
mod order;
mod protection;
mod replay;
mod selecting;
mod support;
