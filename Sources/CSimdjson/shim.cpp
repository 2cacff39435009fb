#include "shim.h"
#include <simdjson.h>
