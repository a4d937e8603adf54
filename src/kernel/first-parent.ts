/**
 * Process id of the program that started this one. It is asked for before the kernel's other modules load, which takes
 * seconds on a busy machine: a program that dies meanwhile is not its parent any more.
 */
export const FIRST_PARENT: number = process.ppid;
