// For a library that is not linked but loaded when it is first needed (SharedLibrary in Transport): makes of the names of
// its functions, as FUNCTIONS(each) lists them, a structure of their addresses with the types of the library's own header,
// and NAME_names(), which are the same names in the same order, ended by a null.
#define LOADED_LIBRARY(NAME, FUNCTIONS)                                        \
    /* Written once, before anybody else sees it. */                           \
    struct __attribute__((swift_attr("@Sendable"))) NAME {                     \
        FUNCTIONS(LOADED_LIBRARY_MEMBER)                                       \
    };                                                                         \
    static inline const char *const *NAME##_names(void) {                      \
        static const char *const names[] = {FUNCTIONS(LOADED_LIBRARY_NAME) 0}; \
        return names;                                                          \
    }
#define LOADED_LIBRARY_MEMBER(function) __typeof__(&function) function;
#define LOADED_LIBRARY_NAME(function) #function,
