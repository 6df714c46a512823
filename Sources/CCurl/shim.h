// As in CAres: socket addresses are Glibc's own.
#pragma clang module import SwiftGlibc

#include <curl/curl.h>
