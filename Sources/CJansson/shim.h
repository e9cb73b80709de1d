// Typed doors to jansson's variadic calls and macros, which Swift cannot call.
#pragma once
#include <jansson.h>
