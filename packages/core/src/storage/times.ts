/** Lengths of time that core and every storage agree on. */

/** Constants of the storage contract, in milliseconds. A storage uses these and none of its own. */
export const leaseTimes = {
  /** How long a released conversation is reserved for the first waiter. */
  handOver: 2000,
  /** No lease is longer. A stored lease that ends later was written before the clock went back, and is shortened. */
  longest: 60_000,
  /** How long a storage may keep a row without a record, and the lease of a record that has expired. */
  emptyRow: 86_400_000,
} as const;
