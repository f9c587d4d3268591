//! Setting up, as the commands use it.

#[cfg(test)]
mod clients;
#[cfg(test)]
mod clients_here;
#[cfg(test)]
mod clients_kept;
#[cfg(test)]
mod guides;
#[cfg(test)]
mod writes;
