/*
 * Counted steps: one before and one after each durable or outside action.
 * The hidden option --die-at N ends the program at step N as kill -9 would,
 * --steps prints how many there were.
 */
#ifndef BASE_STEP_H
#define BASE_STEP_H

void step_die_at(long n);       /* 0: never */
long step_count(void);
void step_mark(void);

#endif
