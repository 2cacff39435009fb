// Loaded into a host with LD_PRELOAD; nothing is called in it by name. See fault_page.h for its switches.
#ifndef FAULT_LIBRARY_H
#define FAULT_LIBRARY_H
#endif
