// Typed doors to libcurl's variadic calls, which Swift cannot call.
#pragma once
#include <curl/curl.h>
