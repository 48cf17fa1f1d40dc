/** The tag of a conversation: short enough for the data of a button (64 bytes: Bot API, InlineKeyboardButton). */

import { hash32, shortHash } from '../base/hash.ts';

/** How many letters of a tag are those of the machine. */
const machineLetters = 4;
/** 36 to the power of the letters. */
const machines = 1_679_616;

/**
 * Identifies a conversation, and by its first letters its machine of the bot.
 *
 * @param key - begins with the namespace of the machine and a colon
 */
export function tagOf(key: string): string {
  const machine = hash32(key.slice(0, key.indexOf(':'))) % machines;
  return machine.toString(36).padStart(machineLetters, '0') + shortHash(key);
}

/** Whether two tags are of one machine: of conversations under one namespace. */
export function isOfOneMachine(tag: string, other: string): boolean {
  return tag.slice(0, machineLetters) === other.slice(0, machineLetters);
}
