/** Attempts and leases that are not over, in no order. */

/** A member of such a list. */
export interface Member {
  /** Its position; the list alone changes it. */
  at: number;
}

/**
 * A list and no `Map` or `Set`: adding to a small one and deleting from it costs as much as the rest of a lease. And a `Map` that is changed all the
 * time leaves its old tables behind, which keep the turns of their time from being collected.
 */
export class LiveList<T extends Member> {
  readonly #members: T[] = [];

  add(member: T): void {
    member.at = this.#members.push(member) - 1;
  }

  /** Whether it has been added, and neither deleted nor replaced. */
  has(member: T): boolean {
    return this.#members[member.at] === member;
  }

  delete(member: T): void {
    if (this.#members[member.at] !== member) return;
    const last = this.#members.pop();
    // the last one takes its position
    if (last !== undefined && last !== member) this.#put(last, member.at);
  }

  /** One that takes the position of another. */
  replace(member: T, by: T): void {
    if (this.has(member)) this.#put(by, member.at);
  }

  find(isWanted: (member: T) => boolean): T | undefined {
    return this.#members.find(isWanted);
  }

  /** The members now: the list may change while they are looked at. */
  now(): readonly T[] {
    return [...this.#members];
  }

  #put(member: T, at: number): void {
    this.#members[at] = member;
    member.at = at;
  }
}
