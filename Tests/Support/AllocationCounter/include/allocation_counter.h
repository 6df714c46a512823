#pragma once

#include <stdbool.h>

// Whether allocations are counted at all; under a sanitizer malloc is the sanitizer's own.
bool allocation_counter_works(void);

// Counts from 0 what the calling thread allocates from now on. One thread at a time.
void allocation_counter_start(void);

// Ends the counting; called by the same thread.
long allocation_counter_stop(void);
