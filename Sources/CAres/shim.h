// Socket addresses are then Glibc's own, not a second copy of them that the Swift compiler may credit to this module.
#pragma clang module import SwiftGlibc

#include <ares.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
