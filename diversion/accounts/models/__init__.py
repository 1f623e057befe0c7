from diversion.accounts.models.factor import Factor
from diversion.accounts.models.organisation import Organisation, Team
from diversion.accounts.models.permit import Permit
from diversion.accounts.models.request import AccountRequest
from diversion.accounts.models.role import Role, RoleAssignment
from diversion.accounts.models.search import Search
from diversion.accounts.models.session import Session
from diversion.accounts.models.training import Training
from diversion.accounts.models.user import User, UserName, Vetting

__all__ = [
    "AccountRequest",
    "Factor",
    "Organisation",
    "Permit",
    "Role",
    "RoleAssignment",
    "Search",
    "Session",
    "Team",
    "Training",
    "User",
    "UserName",
    "Vetting",
]
