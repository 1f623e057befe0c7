from diversion.accounts.models.organisation import Organisation, Team
from diversion.accounts.models.role import Role, RoleAssignment
from diversion.accounts.models.user import User

__all__ = ["Organisation", "Role", "RoleAssignment", "Team", "User"]
