/** The error for an operator when something cannot be done. */

/** A request that cannot be fulfilled, with a sentence for the person who made it. */
export class Rejected extends Error {
  override readonly name = 'Rejected';
}
