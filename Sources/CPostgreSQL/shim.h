#include <postgresql/libpq-fe.h>

#include "../CLinux/loaded.h"

// Everything that is called of it.
#define LIBPQ_FUNCTIONS(each)       \
    each(PQclear)                   \
    each(PQconnectPoll)             \
    each(PQconnectStartParams)      \
    each(PQconnectionNeedsPassword) \
    each(PQconsumeInput)            \
    each(PQenterPipelineMode)       \
    each(PQerrorMessage)            \
    each(PQexitPipelineMode)        \
    each(PQfinish)                  \
    each(PQflush)                   \
    each(PQfreemem)                 \
    each(PQgetResult)               \
    each(PQgetisnull)               \
    each(PQgetlength)               \
    each(PQgetvalue)                \
    each(PQisBusy)                  \
    each(PQnfields)                 \
    each(PQnotifies)                \
    each(PQpipelineStatus)          \
    each(PQpipelineSync)            \
    each(PQresultErrorField)        \
    each(PQresultErrorMessage)      \
    each(PQresultStatus)            \
    each(PQsendQuery)               \
    each(PQsetErrorVerbosity)       \
    each(PQsetNoticeReceiver)       \
    each(PQsetSingleRowMode)        \
    each(PQsetnonblocking)          \
    each(PQsocket)                  \
    each(PQsslInUse)                \
    each(PQstatus)                  \
    each(PQtransactionStatus)

LOADED_LIBRARY(libpq, LIBPQ_FUNCTIONS)
