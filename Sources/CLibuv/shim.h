#ifndef CLIBUV_SHIM_H
#define CLIBUV_SHIM_H
#include <uv.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#endif
