/** A list whose members carry their own links: nothing is made to add one, and a set would have to number every one of them. */

/** What a member carries; the list keeps it. */
export interface Linked<Member> {
  isLinked: boolean;
  older: Member | undefined;
  newer: Member | undefined;
}

/** Members in no order that matters. */
export class LinkedList<Member extends Linked<Member>> {
  size = 0;
  #newest: Member | undefined;

  add(member: Member): void {
    member.older = this.#newest;
    if (this.#newest !== undefined) this.#newest.newer = member;
    this.#newest = member;
    member.isLinked = true;
    this.size++;
  }

  delete(member: Member): void {
    if (!member.isLinked) return;
    const { older, newer } = member;
    if (older !== undefined) older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    member.older = undefined;
    member.newer = undefined;
    member.isLinked = false;
    this.size--;
  }

  all(): readonly Member[] {
    const all: Member[] = [];
    for (let member = this.#newest; member !== undefined; member = member.older) all.push(member);
    return all;
  }
}
